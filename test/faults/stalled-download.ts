import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { HlsClient } from '../hls/hls-client.ts';
import { readPlaylist } from '../hls/playlist-reader.ts';

/** Segments that one asks for without reading any: more than the system takes for it. */
const ASKED = 8;
/** How often one looks whether it is still connected, ms: who reads nothing is not told. */
const POKE = 250;

/** Addresses of the segments that are listed now. */
export async function listedSegments(entry: string): Promise<string[]> {
  const client = new HlsClient();
  onTestFinished(() => client.close());
  const read = async (url: string, kind: 'multivariant' | 'media') => readPlaylist((await client.get(url, kind)).bytes);
  const multivariant = await read(entry, 'multivariant');
  if (multivariant.kind !== 'multivariant') throw new Error(`${entry} is no multivariant playlist.`);
  const url = new URL(multivariant.variants[0]!.uri, entry).href;
  const media = await read(url, 'media');
  return media.kind === 'media' ? media.segments.map(({ uri }) => new URL(uri, url).href) : [];
}

/** A player of HLS that asks for segments, one behind the other, and never reads a byte of them; gone after the test. */
export class StalledDownload {
  /** ms from the request to the end of its connection, or of its last stream of HTTP/2. */
  closedAfter: number | undefined;
  readonly #asked = performance.now();

  /** `urls`: of segments. */
  constructor(urls: readonly string[]) {
    const { protocol, hostname, port } = new URL(urls[0]!);
    const paths = Array.from({ length: ASKED }, (_, index) => new URL(urls[index % urls.length]!).pathname);
    if (protocol === 'https:')
      this.#overTls(connectHttp2(new URL(urls[0]!).origin, { rejectUnauthorized: false }), paths);
    else this.#plainly({ host: hostname, port: Number(port) }, paths);
  }

  #close(): void {
    this.closedAfter ??= Math.round(performance.now() - this.#asked);
  }

  #plainly(to: { host: string; port: number }, paths: readonly string[]): void {
    const socket = connect({ ...to, noDelay: true });
    socket.pause();
    socket.on('error', () => {});
    for (const path of paths) socket.write(`GET ${path} HTTP/1.1\r\nHost: ${to.host}\r\n\r\n`);
    // Between requests a server passes empty lines over (RFC 9112 §2.2).
    const timer = setInterval(() => socket.write('\r\n'), POKE);
    socket.on('close', () => {
      clearInterval(timer);
      this.#close();
    });
    onTestFinished(() => void socket.destroy());
  }

  #overTls(session: ClientHttp2Session, paths: readonly string[]): void {
    session.on('error', () => {});
    const streams = paths.map((path) => {
      const stream = session.request({ ':path': path });
      stream.pause();
      return stream.on('error', () => {});
    });
    // One that is paused is told of its end only when all was read.
    const timer = setInterval(() => {
      if (!session.destroyed && streams.some(({ closed }) => !closed)) return;
      clearInterval(timer);
      session.destroy();
      this.#close();
    }, POKE);
    onTestFinished(() => session.destroy());
  }
}
