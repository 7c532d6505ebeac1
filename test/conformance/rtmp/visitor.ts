import { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type Options, settingsOf } from '../../../src/config/settings.ts';
import type { AmfValue } from '../../../src/containers/amf/index.ts';
import { Seats } from '../../../src/io/seats.ts';
import { silent } from '../../../src/log.ts';
import type { App } from '../../../src/plugin.ts';
import { RtmpServer } from '../../../src/protocols/rtmp/server.ts';
import { LiveStage } from '../../live-stage.ts';
import { settle } from '../../virtual-scheduler.ts';
import { command, connect, greeting, Talk } from './talk.ts';

/** The server in virtual time, with connections that need no network. */
export function stage(limits: Options['limits'] = {}): { stage: LiveStage; visit(address: string): Visitor } {
  const stage = new LiveStage();
  const settings = settingsOf({ limits: { pendingPerAddress: 2, ...limits }, trustedProxies: ['10.0.0.0/8'] });
  const { hub, scheduler } = stage;
  const seats = new Seats({ files: Infinity, log: silent, scheduler });
  const app: Pick<App, 'hub' | 'scheduler' | 'settings' | 'seats' | 'log'> = {
    hub,
    scheduler,
    settings,
    seats,
    log: silent,
  };
  const server = new RtmpServer(app as App);
  onTestFinished(() => void server.listener.removeAllListeners());
  return { stage, visit: (address) => new Visitor(address, server) };
}

/** A peer that is a stream of this process. */
export class Visitor extends Duplex {
  readonly remoteAddress: string;
  readonly remotePort = 1;
  readonly bytesRead = 0;
  readonly bytesWritten = 0;
  readonly talk: Talk = new Talk();
  /** The server's FIN. */
  fin = false;

  constructor(address: string, server: RtmpServer) {
    super();
    this.remoteAddress = address;
    server.listener.emit('connection', this as never);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.talk.hear(chunk);
    done();
  }

  override _final(done: () => void): void {
    this.fin = true;
    done();
  }

  setTimeout(): this {
    return this;
  }

  async send(...parts: Uint8Array[]): Promise<void> {
    for (const part of parts) this.push(part);
    await settle();
    await settle();
  }

  /** Connects, announces what is in `offer`, and asks for something. */
  ask(action: 'publish' | 'play', name: string, offer: Record<string, AmfValue> = {}): Promise<void> {
    return this.send(greeting, connect(offer), command('createStream', 2, null), command(action, 3, null, name));
  }
}
