import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { silent } from '../../log.ts';
import { SECOND } from '../../media/time.ts';
import type { Services } from '../../plugin.ts';
import { Connection, type ConnectionLimits } from './connection.ts';
import { Gateway } from './gateway.ts';

const LIMITS: ConnectionLimits = { first: 30 * SECOND, idle: 60 * SECOND, queue: 20_000, lines: 20 };

/** A connection in virtual time, of which the other side reads nothing unless it is told to. */
class Stage {
  readonly scheduler = new VirtualScheduler();
  readonly connection: Connection;
  readonly #sent: string[] = [];
  readonly #socket: Duplex;
  #release: (() => void) | undefined;
  isStuck = false;

  constructor(limits: Partial<ConnectionLimits> = {}) {
    const { scheduler } = this;
    this.#socket = new Duplex({
      read() {},
      write: (chunk: Buffer, _, done) => {
        this.#sent.push(chunk.toString());
        if (this.isStuck) this.#release = done;
        else done();
      },
    });
    const on = (): (() => void) => () => {};
    const guest = { id: 'g_1', kind: 'guest', name: 'ann', admin: false };
    const gateway = new Gateway({
      services: {
        rooms: { onChange: on, onDescribed: on },
        accounts: { onChange: on, base: '', guest: () => ({ guest, pass: 'rg_1' }), find() {} },
      } as unknown as Services,
      log: silent,
      ...{ name: 'roomcast.local', started: '', kickTime: 60, limits: { channels: 1, history: 0 } },
      ...{ includes: () => true, identify: () => Promise.resolve(undefined), time: () => '' },
    });
    this.connection = new Connection({
      ...{ gateway, scheduler, address: '192.0.2.1', keep: () => true, closed() {} },
      socket: this.#socket as Socket,
      limits: { ...LIMITS, ...limits },
    });
  }

  get isOver(): boolean {
    return this.#socket.destroyed || this.#socket.writableEnded;
  }

  /** What was sent since the last call. */
  take(): string {
    return this.#sent.splice(0).join('');
  }

  async say(...lines: readonly string[]): Promise<void> {
    this.#socket.push(lines.map((line) => `${line}\r\n`).join(''));
    await this.settle();
  }

  async enter(): Promise<this> {
    await this.say('NICK ann', 'USER ann 0 * :Ann');
    if (!this.take().includes(' 001 ann ')) throw new Error('they could not come in');
    return this;
  }

  /** Time goes on, a second at a time. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.scheduler.advance(SECOND);
      this.connection.tick(this.scheduler.now());
    }
    await this.settle();
  }

  /** What has to be done now is done. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  read(): void {
    this.isStuck = false;
    this.#release?.();
  }
}

test('who does not say who they are has so long', async () => {
  const stage = new Stage();
  await stage.pass(29);
  expect(stage.isOver).toBe(false);
  await stage.pass(1);
  expect(stage.take()).toMatch(/^ERROR :Closing link: .* in time\.\r\n$/);
  expect(stage.isOver).toBe(true);
});

test('who is silent is asked once, and is gone when no answer comes', async () => {
  const stage = await new Stage().enter();
  await stage.pass(45);
  expect(stage.take()).toBe('PING roomcast.local\r\n');
  await stage.say('PONG roomcast.local');
  await stage.pass(59);
  expect(stage.take()).toBe('PING roomcast.local\r\n');
  await stage.pass(1);
  expect(stage.take()).toMatch(/^ERROR .*too long/);
  expect(stage.isOver).toBe(true);
});

test('who is too fast is answered when the time has come, in order', async () => {
  const stage = await new Stage().enter();
  await stage.say(...Array.from({ length: 40 }, (_, index) => `PING ${index}`));
  const answered = (): number[] =>
    [...stage.take().matchAll(/PONG roomcast\.local (\d+)/g)].map(([, word]) => Number(word));
  // Two of twenty were said to come in.
  expect(answered()).toEqual(Array.from({ length: 18 }, (_, index) => index));
  await stage.pass(5);
  expect(answered()).toEqual(Array.from({ length: 10 }, (_, index) => index + 18));
  for (let second = 0; second < 6; second++) await stage.pass(1);
  expect(answered().at(-1)).toBe(39);
});

test('who does not read is gone when too much waits', async () => {
  const stage = await new Stage({ lines: 0 }).enter();
  stage.isStuck = true;
  for (let said = 0; said < 100 && !stage.isOver; said++) await stage.say(`PING ${'x'.repeat(400)}`);
  expect(stage.isOver).toBe(true);
});

test('who reads late loses nothing', async () => {
  const stage = await new Stage({ lines: 0 }).enter();
  stage.isStuck = true;
  await stage.say(...Array.from({ length: 20 }, (_, index) => `PING ${index}`));
  stage.read();
  await stage.settle();
  expect(stage.take().match(/PONG/g)).toHaveLength(20);
  expect(stage.isOver).toBe(false);
});
