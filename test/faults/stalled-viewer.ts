import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { command, connect as rtmpConnect, greeting } from '../conformance/rtmp/talk.ts';

export type PlayProtocol = 'http-flv' | 'ws-flv' | 'rtmp' | 'http-ts' | 'http-mp4' | 'ws-mp4';
/** Those that carry FLV, or what is in it. */
export const playProtocols: readonly PlayProtocol[] = ['http-flv', 'ws-flv', 'rtmp'];
/** All that have no end. */
export const endlessProtocols: readonly PlayProtocol[] = [...playProtocols, 'http-ts', 'http-mp4', 'ws-mp4'];

/** A viewer that asks for a stream and then never reads a byte, so that its window closes; gone after the test. */
export class StalledViewer {
  readonly socket: Socket;
  readonly protocol: PlayProtocol;

  constructor(server: { httpPort: number; rtmpPort: number }, protocol: PlayProtocol, path: string) {
    this.protocol = protocol;
    const port = protocol === 'rtmp' ? server.rtmpPort : server.httpPort;
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.pause();
    this.socket.on('error', () => {});
    for (const bytes of askFor(protocol, path)) this.socket.write(bytes);
    onTestFinished(() => void this.socket.destroy());
  }
}

/** Everything that a player says, without waiting for an answer. */
export function askFor(protocol: PlayProtocol, path: string): (string | Uint8Array)[] {
  if (protocol === 'rtmp') {
    const name = path.slice('live/'.length);
    return [greeting, rtmpConnect(), command('createStream', 2, null), command('play', 3, null, name)];
  }
  const upgrade = protocol.startsWith('ws-')
    ? `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n`
    : '';
  return [`GET /${path}${protocol.replace(/^.*-/, '.')} HTTP/1.1\r\nHost: 127.0.0.1\r\n${upgrade}\r\n`];
}
