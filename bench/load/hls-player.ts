import { gunzipSync } from 'node:zlib';
import { firstVariant, type MediaList, readMediaList, resolveUri } from './hls-list.ts';
import { type Answer, headerOf, KeepAlive } from './keep-alive.ts';

/** `low`: fragmented MP4 in parts, with lists that are waited for; `mp4`, `ts`: whole segments. */
export type HlsMode = 'low' | 'mp4' | 'ts';

export interface HlsTarget {
  port: number;
  path: string;
  mode: HlsMode;
}

/** Texts that were read lately, by their tag: all players get the same, and reading it once keeps the load small. */
const MOST_LISTS = 64;
const lists = new Map<string, MediaList>();

/** One player: its connections, its cookie, its lists. It knows what a player does, not when. */
export class HlsPlayer {
  readonly media: KeepAlive;
  readonly #lists: KeepAlive;
  readonly #target: HlsTarget;
  readonly #agent: string;
  #cookie: string | undefined;
  #address = '';

  /** `name`: players without a cookie are told apart by their program. */
  constructor(target: HlsTarget, name: string) {
    this.#target = target;
    this.#agent = `User-Agent: roomcast-bench/${name}`;
    this.#lists = new KeepAlive(target.port);
    this.media = new KeepAlive(target.port);
  }

  /** Asks for the multivariant playlist and learns where the media playlist is. */
  async open(): Promise<void> {
    const { path, mode } = this.#target;
    const address = `/${path}/${mode === 'ts' ? 'ts' : 'index'}.m3u8`;
    const answer = await this.#get(this.#lists, address, true);
    const cookie = headerOf(answer.head, 'set-cookie');
    if (cookie !== undefined) this.#cookie = `Cookie: ${cookie.split(';')[0]}`;
    this.#address = resolveUri(firstVariant(textOf(answer)), address);
  }

  /** The media playlist as it is, or once it has what is wanted. */
  async list(wanted?: { sequence: number; part?: number | undefined }): Promise<{ list: MediaList; at: number }> {
    const part = wanted?.part === undefined ? '' : `&_HLS_part=${wanted.part}`;
    const query = wanted ? `?_HLS_msn=${wanted.sequence}${part}` : '';
    const answer = await this.#get(this.#lists, this.#address + query, true);
    const tag = headerOf(answer.head, 'etag') ?? '';
    let list = lists.get(tag);
    if (!list) {
      lists.set(tag, (list = readMediaList(textOf(answer))));
      if (lists.size > MOST_LISTS) for (const oldest of lists.keys()) if (lists.delete(oldest)) break;
    }
    return { list, at: answer.at };
  }

  /** A segment, a part or what they need first. */
  fetch(uri: string, keep = false): Promise<Answer> {
    return this.#get(this.media, resolveUri(uri, this.#address), keep);
  }

  close(): void {
    this.#lists.close();
    this.media.close();
  }

  async #get(connection: KeepAlive, path: string, keep: boolean): Promise<Answer> {
    const own = this.#cookie === undefined ? [] : [this.#cookie];
    const answer = await connection.get(path, { headers: [this.#agent, 'Accept-Encoding: gzip', ...own], keep });
    if (answer.status !== 200) throw new Error(`${path.split('/').at(-1)} was answered with ${answer.status}.`);
    return answer;
  }
}

function textOf({ head, body }: Answer): string {
  return (headerOf(head, 'content-encoding') === 'gzip' ? gunzipSync(body) : body).toString();
}
