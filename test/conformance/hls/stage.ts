import { onTestFinished } from 'vitest';
import { frameOf, sample } from '../../../src/containers/contract-samples.ts';
import type { Options } from '../../../src/config/settings.ts';
import type { Publisher } from '../../../src/live/publisher.ts';
import type { Frame, Track } from '../../../src/media/frame.ts';
import { playlistOf } from '../../hls/answers.ts';
import { HlsClient } from '../../hls/hls-client.ts';
import type { MediaPlaylist, MultivariantPlaylist } from '../../hls/playlist.ts';
import { readPlaylist } from '../../hls/playlist-reader.ts';
import type { Exchange } from '../../hls/rules-http.ts';
import { until } from '../../servers.ts';
import { HttpStage, PATH } from '../http-live/stage.ts';

export { PATH } from '../http-live/stage.ts';

const { video, audio } = sample;

/** 25 pictures a second, and with each a sound; `gop` in ms. */
export function hlsFilm(options: {
  ms: number;
  from?: number;
  gop?: number;
  size?: number;
  video?: Track;
  audio?: Track;
}): Frame[] {
  const { ms, from = 0, gop = 2000, size = 48 } = options;
  return Array.from({ length: ms / 40 }, (_, i) => {
    const time = from + i * 40;
    const picture = frameOf(options.video ?? video, { ms: time, key: (i * 40) % gop === 0, size });
    return [picture, frameOf(options.audio ?? audio, { ms: time + 10, size: 24 })];
  }).flat();
}

/** A server in virtual time, and one who asks for its playlists over real sockets. */
export class HlsStage {
  readonly http: HttpStage;
  readonly client: HlsClient = new HlsClient();
  #sent = 0;

  private constructor(http: HttpStage) {
    this.http = http;
    onTestFinished(() => this.client.close());
  }

  static async start(options: Options = {}): Promise<HlsStage> {
    return new HlsStage(await HttpStage.start({ hls: { part: 0.4 }, ...options }));
  }

  /** On air for so many ms, with a key frame every two seconds. */
  static async live(ms: number, options: Options = {}): Promise<{ stage: HlsStage; by: Publisher }> {
    const stage = await HlsStage.start(options);
    const by = await stage.http.publish();
    await stage.send(by, ms);
    return { stage, by };
  }

  /** On air with a list: two segments since it was asked for first, and two parts of the third. */
  static async watched(options: Options = {}): Promise<{ stage: HlsStage; by: Publisher; list: string }> {
    const { stage, by } = await HlsStage.live(3400, options);
    const list = await stage.list();
    await stage.send(by, 1600);
    return { stage, by, list };
  }

  /** Goes on for so many ms, as a publisher that began at 0. */
  async send(by: Publisher, ms: number, tracks: { video?: Track; audio?: Track } = {}): Promise<void> {
    const all = hlsFilm({ ms: this.#sent + ms, ...tracks });
    const from = (2 * this.#sent) / 40;
    this.#sent += ms;
    await this.http.run(by, all.slice(from));
  }

  /** The next publisher begins at 0 again. */
  restart(): void {
    this.#sent = 0;
  }

  url(path: string): string {
    return new URL(path, `http://127.0.0.1:${this.http.port}/${PATH}/`).href;
  }

  get(path: string, kind: Exchange['kind'] = 'media', headers: Record<string, string> = {}): Promise<Exchange> {
    return this.client.get(this.url(path), kind, headers);
  }

  /** Address of the first media playlist, relative to that of the path. */
  async list(name: 'index.m3u8' | 'ts.m3u8' = 'index.m3u8'): Promise<string> {
    const { status, bytes } = await this.get(name, 'multivariant');
    if (status !== 200) throw new Error(`${name} is answered with ${status}.`);
    return (readPlaylist(bytes) as MultivariantPlaylist).variants[0]!.uri;
  }

  async playlist(list: string): Promise<MediaPlaylist> {
    return playlistOf(await this.get(list));
  }

  /** Asks, and waits until the request is held, or answered. */
  async held(path: string, options: HeldOptions = {}): Promise<Held> {
    const { kind = 'media', client = this.client, headers = {} } = options;
    const held: Held = { answer: undefined };
    client.get(this.url(path), kind, headers).then(
      (answer) => (held.answer = answer),
      () => {},
    );
    await this.http.round();
    await this.http.round();
    return held;
  }

  /** Another one who asks, with cookies of its own. */
  another(): HlsClient {
    const client = new HlsClient();
    onTestFinished(() => client.close());
    return client;
  }
}

interface HeldOptions {
  kind?: Exchange['kind'];
  client?: HlsClient;
  headers?: Record<string, string>;
}

/** A request that is under way. */
export interface Held {
  answer: Exchange | undefined;
}

/** Waits for an answer that is under way. */
export async function answered(held: Held): Promise<Exchange> {
  await until('the request is answered', () => held.answer);
  return held.answer!;
}
