import type HlsLibrary from 'hls.js';
import type { ErrorData, LoadPolicy } from 'hls.js';
import { Captions } from './captions.ts';
import { type Quality, qualityFor, type Sound, type Wanted } from './choices.ts';
import type { Edge, Engine, EngineOptions, Moment } from './engine.ts';
import type { Kind } from './flv-tag.ts';
import { partCaptions } from './hls-captions.ts';
import { partLoading } from './hls-parts.ts';
import type { Loss } from './joiner.ts';

/** What is kept when the next part comes, and how long parts are: a third of a second, or a little more. s */
const LEAST = 0.6;
const GRAIN = 0.4;
/** What has been played is kept for this long. s */
const KEEP = 20;

/** A part is announced before it is there, and a playlist waits for the next part: both may take their time. ms */
const PLAYLIST_WAIT = 8000;
const MEDIA_WAIT = 6000;
/** The first playlist waits for the first segment, of a broadcast that has only just begun. ms */
const FIRST_WAIT = 13_000;

/** What fails is tried again at once and once more, and then the player decides: there may be a better way. */
function policy(wait: number): LoadPolicy {
  const retry = { maxNumRetry: 1, retryDelayMs: 150, maxRetryDelayMs: 150 };
  return {
    default: { maxTimeToFirstByteMs: wait, maxLoadTimeMs: 2 * wait, timeoutRetry: null, errorRetry: retry },
  };
}

/** LL-HLS through the library for it. It fetches; the page itself keeps playback near live. */
export class HlsEngine implements Engine {
  readonly edge: Edge = { by: 'page', least: LEAST, grain: GRAIN };
  /** It knows the server's clock instead. */
  readonly latest: undefined;
  kinds: readonly Kind[] = [];
  readonly #options: EngineOptions;
  readonly #hls: HlsLibrary;
  readonly #captions: Captions;
  #wanted: Wanted;

  constructor(library: typeof HlsLibrary, options: EngineOptions) {
    const { video, base, path, bytes, wanted } = options;
    this.#options = options;
    this.#wanted = wanted;
    this.#captions = new Captions({ video, on: wanted.captions, changed: () => this.#tell() });
    this.#hls = new library({
      // The policy of the page allows no scripts from memory, and to repackage MP4 there is hardly anything to do.
      enableWorker: false,
      lowLatencyMode: true,
      maxLiveSyncPlaybackRate: 1,
      backBufferLength: KEEP,
      liveDurationInfinity: true,
      capLevelToPlayerSize: true,
      enableID3MetadataCues: false,
      enableEmsgMetadataCues: false,
      enableDateRangeMetadataCues: false,
      ...partCaptions(library),
      ...partLoading(library),
      manifestLoadPolicy: policy(FIRST_WAIT),
      playlistLoadPolicy: policy(PLAYLIST_WAIT),
      fragLoadPolicy: policy(MEDIA_WAIT),
    });
    const { Events } = library;
    this.#hls.on(Events.MANIFEST_LOADED, () => bytes(0));
    this.#hls.on(Events.LEVEL_LOADED, (_event, { details }) => details.live && bytes(0));
    this.#hls.on(Events.FRAG_LOADED, (_event, { payload }) => bytes(payload.byteLength));
    for (const event of [Events.MANIFEST_PARSED, Events.AUDIO_TRACKS_UPDATED] as const)
      this.#hls.on(event, () => this.choose(this.#wanted));
    for (const event of [Events.LEVEL_SWITCHED, Events.AUDIO_TRACK_SWITCHED] as const)
      this.#hls.on(event, () => this.#tell());
    this.#hls.on(Events.BUFFER_CODECS, (_event, tracks) => this.#learn(tracks));
    this.#hls.on(Events.ERROR, (_event, data) => this.#failed(library, data));
    video.addEventListener('ended', this.#ended);
    this.#hls.loadSource(`${base}/${path}/index.m3u8`);
    this.#hls.attachMedia(video);
  }

  /** By EXT-X-PROGRAM-DATE-TIME where there is one. */
  moment(time: number): Moment | undefined {
    const { playingDate, latency } = this.#hls;
    if (playingDate) return { wall: playingDate.getTime() + (time - this.#options.video.currentTime) * 1000 };
    return latency > 0 ? { behind: latency * 1000 } : undefined;
  }

  choose(wanted: Wanted): void {
    this.#wanted = wanted;
    const quality = qualityFor(this.#qualities(), wanted)?.id ?? -1;
    if (this.#hls.manualLevel !== quality) this.#hls.nextLevel = quality;
    const { sound } = wanted;
    const known = sound !== undefined && sound < this.#hls.audioTracks.length;
    if (known && this.#hls.audioTrack !== sound) this.#hls.audioTrack = sound;
    this.#captions.show(wanted.captions);
    this.#tell();
  }

  destroy(): void {
    this.#options.video.removeEventListener('ended', this.#ended);
    this.#captions.close();
    this.#hls.destroy();
  }

  readonly #ended = (): void => this.#options.over({ kind: 'ended' });

  #qualities(): Quality[] {
    return this.#hls.levels.map(({ height, frameRate, bitrate }, id) => ({
      id,
      ...(height ? { height } : {}),
      ...(frameRate ? { frameRate } : {}),
      ...(bitrate ? { bitRate: bitrate } : {}),
    }));
  }

  #sounds(): Sound[] {
    return this.#hls.audioTracks.map((_track, id) => ({ id }));
  }

  #tell(): void {
    const { currentLevel, audioTrack } = this.#hls;
    this.#options.choices({
      qualities: this.#qualities(),
      ...(currentLevel < 0 ? {} : { quality: currentLevel }),
      sounds: this.#sounds(),
      ...(audioTrack < 0 ? {} : { sound: audioTrack }),
      captions: this.#captions.there,
    });
  }

  /** Picture and sound come together, or each by itself. */
  #learn({ video, audio, audiovideo }: { video?: unknown; audio?: unknown; audiovideo?: unknown }): void {
    const kinds = new Set(this.kinds);
    if (video || audiovideo) kinds.add('video');
    if (audio || audiovideo) kinds.add('audio');
    this.kinds = [...kinds];
  }

  #failed({ ErrorDetails, ErrorTypes }: typeof HlsLibrary, data: ErrorData): void {
    if (!data.fatal) return;
    // The playlist is there, and its first part is not yet.
    if (data.details === ErrorDetails.LEVEL_EMPTY_ERROR)
      return this.#options.over({ kind: 'refused', code: 'not-live' });
    if (data.details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) return this.#options.unsupported();
    // The media element has its own say about what it cannot decode.
    if (data.type === ErrorTypes.MEDIA_ERROR && this.#options.video.error) return;
    this.#options.over(lossOf(data));
  }
}

/** Why the server has refused, if it was that. */
function lossOf({ response, networkDetails }: ErrorData): Loss {
  if ((response?.code ?? 0) < 400) return { kind: 'failed' };
  const request: unknown = networkDetails;
  const text = request instanceof XMLHttpRequest && request.responseType !== 'arraybuffer' ? request.responseText : '';
  const code = /"code":"([a-z-]+)"/.exec(text)?.[1];
  const after = request instanceof XMLHttpRequest ? Number(request.getResponseHeader('Retry-After')) : 0;
  return code === undefined
    ? { kind: 'failed' }
    : { kind: 'refused', code, ...(after > 0 ? { retryAfter: after } : {}) };
}
