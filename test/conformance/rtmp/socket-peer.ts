import { connect as connectTcp, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { AmfValue } from '../../../src/containers/amf/index.ts';
import { until } from '../../servers.ts';
import { command, connect, greeting, Talk } from './talk.ts';

/** A peer over TCP that says exactly what it is told to; gone after the test. */
export class SocketPeer {
  readonly talk: Talk = new Talk();
  readonly socket: Socket;
  /** When the server closed its side, ms of the monotonic clock. */
  closedAt: number | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => this.talk.hear(bytes));
    socket.on('error', () => {});
    for (const name of ['end', 'close']) socket.on(name, () => (this.closedAt ??= performance.now()));
    onTestFinished(() => void socket.destroy());
  }

  static async open(port: number, options: { halfOpen?: boolean } = {}): Promise<SocketPeer> {
    const { halfOpen: allowHalfOpen = false } = options;
    const socket = connectTcp({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new SocketPeer(socket);
  }

  static async connected(
    port: number,
    offer: Record<string, AmfValue> = {},
    options: { halfOpen?: boolean } = {},
  ): Promise<SocketPeer> {
    const peer = await SocketPeer.open(port, options);
    peer.send(greeting, connect(offer));
    await peer.told('NetConnection.Connect.Success');
    return peer;
  }

  /** Publishes or plays, and is told so. */
  static async begun(
    port: number,
    action: 'publish' | 'play',
    name: string,
    offer: Record<string, AmfValue> = {},
  ): Promise<SocketPeer> {
    const peer = await SocketPeer.connected(port, offer);
    peer.say('createStream', 2, null);
    peer.say(action, 3, null, name);
    await peer.told(action === 'publish' ? 'NetStream.Publish.Start' : 'NetStream.Play.Start');
    return peer;
  }

  send(...parts: Uint8Array[]): void {
    for (const part of parts) this.socket.write(part);
  }

  say(...values: AmfValue[]): void {
    this.send(command(...values));
  }

  /** Waits for a code. */
  told(code: string, limitMs?: number): Promise<void> {
    return until(
      `the server says ${code}, beside ${this.talk.codes.join(', ')}`,
      () => this.talk.codes.includes(code),
      limitMs,
    );
  }

  /** Waits until the server has closed; gives the ms since `from`. */
  async closed(from = 0, limitMs?: number): Promise<number> {
    await until('the server closes the connection', () => this.closedAt !== undefined, limitMs);
    return this.closedAt! - from;
  }
}
