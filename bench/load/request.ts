import { hello, playRequest } from './rtmp.ts';

/** Ways to watch. */
export type Protocol = 'http-flv' | 'ws-flv' | 'rtmp';

export interface Target {
  protocol: Protocol;
  port: number;
  /** `live/bench` */
  path: string;
  /** Of more than one stream, `path` is the beginning of their paths. */
  streams: number;
}

/** Path of stream number `index`: `live/bench`, or `live/bench0` … where there are several. */
export function pathOf({ path, streams }: Pick<Target, 'path' | 'streams'>, index: number): string {
  return streams > 1 ? `${path}${index % streams}` : path;
}

/** What viewer number `index` says first. */
export function greeting({ protocol, port, ...paths }: Target, index: number): Buffer {
  if (protocol === 'rtmp') return hello();
  const upgrade = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: cm9vbWNhc3QgYmVuY2ghIQ==',
  ];
  const lines = [
    `GET /${pathOf(paths, index)}.flv HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...(protocol === 'ws-flv' ? upgrade : []),
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
