import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished } from 'vitest';
import { frameOf, sample } from '../../src/containers/contract-samples.ts';
import type { RtmpClient } from '../../src/protocols/rtmp/client.ts';
import { player, publisher } from '../conformance/rtmp/client.ts';
import { greeting } from '../conformance/rtmp/talk.ts';
import { testWith } from '../programs.ts';
import { RawSocket } from '../raw-socket.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { Control, expectUnharmed } from './control.ts';
import { report, sized } from './report.ts';
import { askFor } from './stalled-viewer.ts';
import { Stopwatch } from './stopwatch.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** Files that the server may have open, and how many connect to it. */
const FILES = 256;
const CONNECTS = 1000;
const AT_ONCE = 50;
/** Publishers that there is room for although viewers have taken all that they can get; one of them is there before. */
const PUBLISHERS = 32;
/** For how long more of them come, so that the log has reason to say so again. ms */
const PRESSURE = sized(3000, 12_000);
/** Who else asks for something while the server is full. */
const OTHERS = 50;
/** When all is as it was, after those who connected are gone. ms */
const RECOVERED = 5000;
/** How long an answer of `/healthz` may take. ms */
const ANSWERED = 2000;
const SAID = /^\{.*may not open more files.*\}$/gm;
/** The log says so this often, and once more when the server ends; its times are whole ms. */
const SAY_EVERY = 10_000 - 2;

/** The shell lowers the limit for itself and then becomes the server. */
const through = ['sh', '-c', `ulimit -n ${FILES} && exec "$@"`, 'sh'];

/** Connects and stays, saying this. */
class Crowd {
  /** How many have ever joined. */
  joined = 0;
  readonly #sockets = new Set<Socket>();

  constructor() {
    onTestFinished(() => this.leave());
  }

  /** Resolves when the connection is accepted by the system, which says nothing of the server. */
  async join(port: number, says: readonly (string | Uint8Array)[] = []): Promise<void> {
    const socket = connect({ port, host: '127.0.0.1' });
    this.joined++;
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    socket.resume();
    for (const bytes of says) socket.write(bytes);
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  }

  leave(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** ms that `/healthz` took. */
async function asked(server: WatchedServer): Promise<number> {
  const begun = performance.now();
  const response = await fetch(`${server.http}/healthz`, { headers: { Connection: 'close' } });
  expect(response.status).toBe(200);
  return performance.now() - begun;
}

describe('R-15 a process that may open few files', () => {
  const name = 'R-15 keeps answering and leaves room for publishers, and who is live notices nothing';
  testWith(['ffmpeg'], name, { timeout: 120_000 }, async () => {
    const server = await WatchedServer.start([], { through });
    const control = await Control.beside(server);
    const before = server.descriptors;
    const crowd = new Crowd();
    const answers: number[] = [];
    const begun = performance.now();
    const viewer = askFor('http-flv', 'live/control');
    for (let i = 0; i < CONNECTS; i += AT_ONCE) {
      // Viewers, those who say nothing, and half a handshake.
      const join = (index: number): Promise<void> => {
        if (index % 3 === 0) return crowd.join(server.httpPort, viewer);
        return index % 3 === 1
          ? crowd.join(server.httpPort)
          : crowd.join(server.rtmpPort, [greeting.subarray(0, 1000)]);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => join(index)));
      answers.push(await asked(server));
    }
    answers.push(await asked(server));
    const busy = await fetch(`${server.http}/readyz`);
    expect(busy.status).toBe(503);
    expect(await busy.text()).toContain('may not open more files');
    const refused = await fetch(`${server.http}/live/control.flv`);
    expect(refused.status).toBe(503);
    await expect(player(`${server.rtmp}/live/control`)).rejects.toThrow(/busy: The server is full/);
    const page = await RawSocket.upgrade(server.httpPort, '/ws/lobby');
    expect((await page.head()).status).toBe(503);

    const more = async (): Promise<boolean> => {
      await crowd.join(server.httpPort, viewer);
      return performance.now() - begun > PRESSURE;
    };
    await until('it was under pressure for long enough', more);

    const publishers: RtmpClient[] = [];
    for (let i = 1; i < PUBLISHERS; i++) publishers.push(await publisher(`${server.rtmp}/live/reserve-${i}`));
    for (const [index, sender] of publishers.entries()) {
      sender.announce(sample.video);
      sender.write(frameOf(sample.video, { ms: index, key: true }));
    }
    const all = async (): Promise<boolean> => (await server.counts()).streams === PUBLISHERS;
    await until('all publishers are live', all);
    expect(server.descriptors).toBeLessThan(FILES);
    for (const sender of publishers) await sender.leave();

    crowd.leave();
    const stopwatch = new Stopwatch(server.process.pid);
    const late = new Watcher(`${server.http}/live/control.flv`);
    await until('the next viewer plays', () => late.pictures.length > 0, RECOVERED);
    await until('descriptors are given back', () => server.descriptors <= before + 3, RECOVERED);
    const recovered = stopwatch.ms;
    expect(recovered).toBeLessThan(RECOVERED);
    expect((await fetch(`${server.http}/readyz`)).status).toBe(200);
    expect(Math.max(...answers), 'ms until /healthz answers').toBeLessThan(ANSWERED);
    const times = said(server).map(({ time }) => Date.parse(time));
    expect(times.length).toBeGreaterThan(0);
    for (const [index, time] of times.slice(1).entries()) {
      expect(time - times[index]!, 'ms from one line to the next').toBeGreaterThanOrEqual(SAY_EVERY);
    }
    const gap = expectUnharmed(control);
    const slowest = Math.round(Math.max(...answers));
    report(
      'R-15',
      `${FILES} files, ${CONNECTS} connects: healthz ≤ ${slowest} ms, ${PUBLISHERS} publishers let in, ` +
        `${times.length} lines, recovered after ${recovered} ms, gap ${gap} ms`,
    );
    await expectNoFault(server);
    const turnedAway = said(server).reduce((sum, { closed, refused }) => sum + closed + refused, 0);
    expect(turnedAway, 'connections that the log counts').toBeGreaterThanOrEqual(crowd.joined - FILES);
    expect(turnedAway).toBeLessThanOrEqual(crowd.joined + answers.length + OTHERS);
  });
});

/** What the log says of connections that were turned away. */
function said({ process: { program } }: WatchedServer): { time: string; closed: number; refused: number }[] {
  return [...program.stderr.matchAll(SAID)].map(
    ([line]) => JSON.parse(line) as { time: string; closed: number; refused: number },
  );
}
