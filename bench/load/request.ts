import { hello, playRequest } from './rtmp.ts';

/** Ways to watch. */
export type Protocol = 'http-flv' | 'ws-flv' | 'rtmp';

export interface Target {
  protocol: Protocol;
  port: number;
  /** `live/bench` */
  path: string;
}

/** What a viewer says first. */
export function greeting({ protocol, port, path }: Target): Buffer {
  if (protocol === 'rtmp') return hello();
  const upgrade = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: cm9vbWNhc3QgYmVuY2ghIQ==',
  ];
  const lines = [
    `GET /${path}.flv HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...(protocol === 'ws-flv' ? upgrade : []),
    '',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

/** What an RTMP viewer says after the server's handshake. */
export function playOf({ path }: Target): Buffer {
  const at = path.lastIndexOf('/');
  return playRequest(path.slice(0, at), path.slice(at + 1));
}
