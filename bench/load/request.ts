import { h2Greeting } from './h2.ts';
import { hello, playRequest } from './rtmp.ts';

/** What the media is in. */
export type Container = 'flv' | 'ts' | 'mp4';

/** How the media comes. */
export interface Way {
  container: Container;
  over: 'http' | 'h2' | 'websocket' | 'rtmp';
  secure: boolean;
}

/** A way to watch a stream that has no end. */
export type Protocol =
  | 'http-flv'
  | 'http-ts'
  | 'http-mp4'
  | 'ws-flv'
  | 'ws-mp4'
  | 'https-flv'
  | 'h2-flv'
  | 'wss-flv'
  | 'rtmp';

export const ways: Readonly<Record<Protocol, Way>> = {
  'http-flv': { container: 'flv', over: 'http', secure: false },
  'http-ts': { container: 'ts', over: 'http', secure: false },
  'http-mp4': { container: 'mp4', over: 'http', secure: false },
  'ws-flv': { container: 'flv', over: 'websocket', secure: false },
  'ws-mp4': { container: 'mp4', over: 'websocket', secure: false },
  'https-flv': { container: 'flv', over: 'http', secure: true },
  'h2-flv': { container: 'flv', over: 'h2', secure: true },
  'wss-flv': { container: 'flv', over: 'websocket', secure: true },
  rtmp: { container: 'flv', over: 'rtmp', secure: false },
};

export interface Target {
  protocol: Protocol;
  port: number;
  /** `live/bench` */
  path: string;
  /** Of more than one stream, `path` is the beginning of their paths. */
  streams: number;
  /** The only cipher of TLS 1.3 that is offered; absent: those of Node, of which the server chooses. */
  cipher?: string;
}

/** Path of stream number `index`: `live/bench`, or `live/bench0` … where there are several. */
export function pathOf({ path, streams }: Pick<Target, 'path' | 'streams'>, index: number): string {
  return streams > 1 ? `${path}${index % streams}` : path;
}

/** What viewer number `index` says first. */
export function greeting({ protocol, port, ...paths }: Target, index: number): Buffer {
  const { over, container } = ways[protocol];
  if (over === 'rtmp') return hello();
  const address = `/${pathOf(paths, index)}.${container}`;
  if (over === 'h2') return h2Greeting(address, `127.0.0.1:${port}`);
  const upgrade = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: cm9vbWNhc3QgYmVuY2ghIQ==',
  ];
  const lines = [
    `GET ${address} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...(over === 'websocket' ? upgrade : []),
    '',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

/** What an RTMP viewer says after the server's handshake. */
export function playOf(target: Target, index: number): Buffer {
  const path = pathOf(target, index);
  const at = path.lastIndexOf('/');
  return playRequest(path.slice(0, at), path.slice(at + 1));
}
