import { onTestFinished } from 'vitest';
import type { Options } from '../../src/config/settings.ts';
import { frameOf, sample } from '../../src/containers/contract-samples.ts';
import type { Session } from '../../src/live/session.ts';
import type { Frame, Track } from '../../src/media/frame.ts';
import { SECOND } from '../../src/media/time.ts';
import { LiveStage, type StageOptions, type StagePublisher } from '../live-stage.ts';
import type { MultivariantPlaylist } from './playlist.ts';
import { readPlaylist } from './playlist-reader.ts';
import type { Exchange } from './rules-http.ts';
import { type Asked, type Manner, VirtualHls } from './virtual-hls.ts';

/** From one picture to the next, ms. */
const PICTURE = 40;

export interface VirtualLiveOptions {
  /** How long it is on air already, ms. */
  ms?: number;
  settings?: Options;
  stage?: StageOptions;
  /** Limits per address hold for who asks. */
  afar?: boolean;
  /** Tracks that are announced before anything is sent. */
  more?: readonly Track[];
}

/** What is sent other than a picture and a sound; of `more`, each is as the sound is. */
interface Tracks {
  video?: Track;
  audio?: Track;
  more?: readonly Track[];
}

/**
 * A stream in virtual time, and its HLS without sockets: 25 pictures a second with a key frame every two seconds, and with
 * each a sound; parts of 0.4 s.
 */
export class VirtualLive {
  readonly path = 'live/a';
  readonly stage: LiveStage;
  readonly hls: VirtualHls;
  by!: StagePublisher;
  #sent = 0;

  private constructor({ settings, stage, afar = false }: VirtualLiveOptions) {
    this.stage = new LiveStage(stage);
    this.hls = new VirtualHls(this.stage, { hls: { part: 0.4 }, ...settings }, { afar });
    onTestFinished(() => this.hls.close());
  }

  static async start(options: VirtualLiveOptions = {}): Promise<VirtualLive> {
    const live = new VirtualLive(options);
    await live.publish();
    for (const track of options.more ?? []) live.by.publisher.announce(track);
    await live.send(options.ms ?? 3400);
    return live;
  }

  /** Another broadcast, or the same publisher again. `from`: when it begins, ms; it has a key frame every two seconds from 0 on. */
  async publish(from = 0): Promise<void> {
    this.by = await this.stage.publish({ path: this.path });
    this.#sent = from;
  }

  /** Goes on for so many ms. */
  async send(ms: number, tracks: Tracks = {}): Promise<void> {
    const frames = filmOf(this.#sent, ms, tracks);
    this.#sent += ms;
    if (frames.length === 0) return;
    await this.stage.run({ by: this.by, frames });
  }

  /** The same in one turn, in which nothing else happens. */
  write(ms: number): void {
    for (const frame of filmOf(this.#sent, ms)) this.by.publisher.write(frame);
    this.#sent += ms;
  }

  /** As much of another publisher, from 0 on. */
  film(ms: number): Frame[] {
    return filmOf(0, ms);
  }

  /** Time passes, in which nothing comes. */
  pass(us: number): Promise<void> {
    return this.stage.scheduler.pass(us, Math.min(us, SECOND));
  }

  get viewers(): number {
    return this.stage.hub.viewers(this.path);
  }

  get sessions(): Session[] {
    return [...this.stage.hub.sessionsOf(this.path)].filter(({ protocol }) => protocol === 'hls');
  }

  /** `path`: from the folder of the stream's path, or the server's where it begins with a slash. */
  url(path: string): string {
    return new URL(path, this.hls.url(`${this.path}/`)).href;
  }

  ask(path: string, headers: Record<string, string> = {}, manner: Manner = {}): Asked {
    return this.hls.ask(this.url(path), kindOf(path), headers, manner);
  }

  /** The answer; throws where there is none. */
  async get(path: string, headers: Record<string, string> = {}, manner: Manner = {}): Promise<Exchange> {
    const answer = await this.hls.get(this.url(path), kindOf(path), headers, manner);
    if (!answer) throw new Error(`${path} is held.`);
    return answer;
  }

  /** Asks, and lets happen what need not wait. */
  async held(path: string, headers: Record<string, string> = {}, manner: Manner = {}): Promise<Asked> {
    const asked = this.ask(path, headers, manner);
    await this.stage.scheduler.pass(1);
    return asked;
  }

  /** Address of the first media playlist, from the folder of the path. */
  async list(name = 'index.m3u8', headers: Record<string, string> = {}): Promise<string> {
    const { status, bytes } = await this.get(name, headers);
    if (status !== 200) throw new Error(`${name} is answered with ${status}.`);
    return (readPlaylist(bytes) as MultivariantPlaylist).variants[0]!.uri;
  }

  /** The address of a file beside a list. */
  beside(list: string, name: string): string {
    return list.replace(/[^/]+$/, name);
  }
}

function filmOf(from: number, ms: number, tracks: Tracks = {}): Frame[] {
  const { video = sample.video, audio = sample.audio, more = [] } = tracks;
  return Array.from({ length: ms / PICTURE }, (_, index) => {
    const time = from + index * PICTURE;
    const picture = frameOf(video, { ms: time, key: time % 2000 === 0, size: 48 });
    return [picture, ...[audio, ...more].map((track) => frameOf(track, { ms: time + 10, size: 24 }))];
  }).flat();
}

/** The cookie that an answer sets. */
export function cookieOf({ headers }: Exchange): string | undefined {
  return headers['set-cookie']?.split(';')[0];
}

function kindOf(path: string): Exchange['kind'] {
  const [name = ''] = path.split('?');
  if (/(?:index|ts|^\/hls\/.*)\.m3u8$/.test(name)) return 'multivariant';
  if (name.endsWith('.m3u8')) return 'media';
  if (name.endsWith('.mp4')) return 'init';
  return /\.\d+\.m4s$/.test(name) ? 'part' : 'segment';
}
