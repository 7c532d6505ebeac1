import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Room } from '../../src/client/messages.ts';
import { RawSocket } from '../raw-socket.ts';
import { temporaryFolder } from '../output.ts';
import { program, runProgram, testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Control, expectUnharmed } from './control.ts';
import { report } from './report.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** What a time or a length may be wrong by. ms */
const ERROR = 1000;
/** How long it is looked at what a clock does to the load. ms */
const LOOK = 3000;

/** What the clock is set to while the process runs. */
const settings = ['-1h', '+1h', '@2038-01-19 03:14:00', '@2100-02-28 23:59:55', '@1970-01-01 00:00:00'];

/** A system clock that can be set, for one process. */
class FakeClock {
  readonly #file: string;

  constructor(start: string) {
    this.#file = join(temporaryFolder(), 'clock');
    this.set(start);
  }

  set(time: string): void {
    writeFileSync(`${this.#file}.new`, `${time}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Of a process that has it. The program itself would stay beside what it starts, so only its library is used. */
  async env(): Promise<Record<string, string>> {
    const say = ['-f', '+0', 'sh', '-c', 'printf %s "$LD_PRELOAD"'];
    const { stdout: library } = await runProgram(program('faketime'), say, { limitMs: 5000 });
    return {
      LD_PRELOAD: library,
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_NO_CACHE: '1',
      FAKETIME_TIMESTAMP_FILE: this.#file,
      NO_FAKE_STAT: '1',
    };
  }
}

/** ms of processor time that a process has used. */
function usedBy(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 1).split(' ');
  return (Number(user) + Number(system)) * 10;
}

/** The wall time that a server has, in ms, as a page is told it. */
async function wallOf(server: WatchedServer): Promise<number> {
  const page = await RawSocket.webSocket(server.httpPort, '/ws/lobby');
  page.frame(0x81, '{"type":"ping","id":1}');
  const { at } = await page.message('pong');
  page.socket.destroy();
  return Date.parse(at as string);
}

/** For how long a room is live, by its server's wall clock. ms */
async function liveFor(server: WatchedServer): Promise<number> {
  const { since } = (await room(server)) as Room & { since: string };
  return (await wallOf(server)) - Date.parse(since);
}

async function room(server: WatchedServer): Promise<Room> {
  const response = await fetch(`${server.http}/api/v1/rooms/lobby`, { headers: { Connection: 'close' } });
  return (await response.json()) as Room;
}

/** ms of processor time over a few seconds. */
async function load(server: WatchedServer): Promise<number> {
  const [begun, used] = [performance.now(), usedBy(server.process.pid)];
  await until('it was looked at for long enough', () => performance.now() - begun > LOOK);
  return usedBy(server.process.pid) - used;
}

describe('R-14 the clock of a whole process', () => {
  const name = 'R-14 starts in 1970 and is set again and again: nobody notices';
  testWith(['ffmpeg', 'faketime'], name, { timeout: 180_000 }, async () => {
    const clock = new FakeClock('@1970-01-01 00:00:00');
    const server = await WatchedServer.start([], { env: await clock.env() });
    expect(await wallOf(server)).toBeLessThan(60_000);
    const control = await Control.beside(server, { path: 'live/lobby' });
    const begun = performance.now() - (await liveFor(server));
    const usual = [await load(server), await load(server), await load(server)];
    const before = usual.toSorted((a, b) => a - b)[1]!;
    const loads: number[] = [];
    for (const setting of settings) {
      clock.set(setting);
      loads.push(await load(server));
      await control.plays();
      const error = (await liveFor(server)) - (performance.now() - begun);
      expect(Math.abs(error), `“${setting}”: ms by which it is live too long`).toBeLessThan(ERROR);
    }
    const gap = expectUnharmed(control);
    await control.publisher.stop('SIGINT');
    const left = performance.now();
    await until('the broadcast is over', async () => (await room(server)).lastLive !== undefined, 30_000);
    const { duration } = (await room(server)).lastLive!;
    expect(duration * 1000, 'ms of its length').toBeGreaterThan(left - begun - 2 * ERROR);
    expect(duration * 1000, 'ms of its length').toBeLessThan(performance.now() - begun + ERROR);
    expect(Math.max(...loads), 'ms of processor time').toBeLessThan(2 * before + 300);
    report('R-14', `gap ${gap} ms; ${before} ms of processor time in ${LOOK} ms, then ${loads.join(', ')}`);
    await expectNoFault(server);
  });
});
