import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { connect, greeting } from '../conformance/rtmp/talk.ts';
import { SocketPeer } from '../conformance/rtmp/socket-peer.ts';
import { long } from '../long.ts';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { longestGap } from '../watch.ts';
import { Control, expectUnharmed, MAX_GAP } from './control.ts';
import { report } from './report.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** What stands still for how long in ms, and the signal that does it. */
const stalls = [
  { ms: 200, signal: 'SIGURG' },
  { ms: 1000, signal: 'SIGIO' },
  { ms: 5000, signal: 'SIGPWR' },
] as const;
/** Heap in MB, and how long it is under pressure. ms */
const HEAP = 256;
const PRESSURE = 30_000;

const nodeArgs = ['--import', join(import.meta.dirname, 'stall.ts')];

/** Waits until every viewer has pictures that came after now. */
async function playsOn({ viewers }: Control): Promise<void> {
  const now = performance.now();
  const all = Object.values(viewers);
  await until('every viewer has pictures again', () => all.every(({ pictures }) => (pictures.at(-10)?.at ?? 0) > now));
}

/** Who publishes, by session. */
async function publishers(server: WatchedServer): Promise<string[]> {
  return (await server.sessions()).filter(({ action }) => action === 'publish').map(({ id }) => id);
}

/** The longest pause since `from` that any viewer saw, and what the server can be blamed for of it, which may be `limit`. ms */
function gapsSince(
  { viewers, metronome }: Control,
  { from, limit }: { from: number; limit: number },
): { seen: number; blamed: number } {
  const all = Object.values(viewers).map(({ arrivals }) => arrivals.filter((at) => at >= from));
  const longest = (gapOf: (times: number[]) => number): number => Math.round(Math.max(...all.map(gapOf)));
  return { seen: longest(longestGap), blamed: longest((times) => metronome.longestGap(times, limit)) };
}

describe('R-17 a server that stands still for a while', () => {
  const name = 'R-17 takes nobody for silent who was not, and viewers wait no longer than it stood still';
  testWith(['ffmpeg'], name, { timeout: 60_000 }, async () => {
    // Publishers and half-open connections are cut after 5 s of silence, as soon as can be set.
    const env = { ROOMCAST_LIMITS_PUBLISHER_SILENCE: '5' };
    const server = await WatchedServer.start([], { nodeArgs, env });
    const control = await Control.beside(server);
    const before = await publishers(server);
    const gaps: number[] = [];
    for (const { ms, signal } of stalls) {
      const peer = await SocketPeer.open(server.rtmpPort);
      peer.send(greeting.subarray(0, 1537));
      await until('the handshake is half done', () => peer.talk.handshake.length > 1536);
      const from = performance.now() - 100;
      process.kill(server.process.pid, signal);
      peer.send(greeting.subarray(1537), connect());
      await server.process.program.says(new RegExp(`^stood still for ${ms} ms$`, 'm'), 'stderr');
      await until(`half a handshake goes on after ${ms} ms, closed at ${peer.closedAt}`, () =>
        peer.talk.codes.includes('NetConnection.Connect.Success'),
      );
      peer.socket.destroy();
      await playsOn(control);
      const { seen, blamed } = gapsSince(control, { from, limit: ms + MAX_GAP });
      expect(seen, `ms without a picture over a stall of ${ms} ms`).toBeGreaterThanOrEqual(ms - 100);
      expect(blamed, `ms without a picture over a stall of ${ms} ms`).toBeLessThanOrEqual(ms + MAX_GAP);
      gaps.push(seen);
    }
    expect(await publishers(server)).toEqual(before);
    for (const [protocol, { ended }] of Object.entries(control.viewers)) expect(ended, protocol).toBeUndefined();
    report('R-17', `stalls of ${stalls.map(({ ms }) => ms).join(', ')} ms: gaps of ${gaps.join(', ')} ms`);
    await expectNoFault(server);
  });

  const pressure = `R-17 serves on while its heap of ${HEAP} MB is under pressure`;
  // Seconds of it say little.
  if (long)
    testWith(['ffmpeg'], pressure, { timeout: 90_000 }, async () => {
      const size = `--max-old-space-size=${HEAP}`;
      const server = await WatchedServer.start([], { nodeArgs: [...nodeArgs, size] });
      const control = await Control.beside(server, { film: '12-mbit' });
      process.kill(server.process.pid, 'SIGVTALRM');
      await server.process.program.says(/^under pressure$/m, 'stderr');
      const begun = performance.now();
      await until('it was under pressure for long enough', () => performance.now() - begun > PRESSURE, 2 * PRESSURE);
      await playsOn(control);
      const gap = expectUnharmed(control);
      const { heap } = await server.health();
      expect(heap / 2 ** 20, 'MB of heap').toBeGreaterThan(HEAP / 2);
      report('R-17', `${Math.round(heap / 2 ** 20)} of ${HEAP} MB held, gap ${gap} ms`);
      await expectNoFault(server);
    });
});
