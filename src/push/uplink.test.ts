import { describe, expect, test } from 'vitest';
import { FakeLine } from '../../test/fake-line.ts';
import { audioTrack, frame, videoTrack } from '../../test/media.ts';
import { settle, VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { ProtocolError, RoomcastError } from '../errors.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import type { RtmpClientOptions } from '../protocols/rtmp/client.ts';
import { type LinkState, Uplink } from './uplink.ts';

const [video, audio] = [videoTrack(), audioTrack()];
const gone = new ProtocolError('It is gone.', 'time-out');

/** A way to a server that answers at once unless it is told otherwise. */
async function open(): Promise<{
  uplink: Uplink;
  lines: FakeLine[];
  targets: RtmpClientOptions['target'][];
  scheduler: VirtualScheduler;
  states: LinkState[];
  failures: RoomcastError[];
  refuse: (error: RoomcastError | undefined) => void;
}> {
  const scheduler = new VirtualScheduler();
  const lines: FakeLine[] = [];
  const targets: RtmpClientOptions['target'][] = [];
  const states: LinkState[] = [];
  const failures: RoomcastError[] = [];
  let refusal: RoomcastError | undefined;
  const uplink = new Uplink({
    url: 'rtmp://host/live/key',
    scheduler,
    random: () => 1,
    connect: ({ target }) => {
      targets.push(target);
      const line = new FakeLine(refusal);
      lines.push(line);
      return line;
    },
    changed: (state) => states.push(state),
    failed: (error) => failures.push(error),
  });
  await uplink.open([audio, video]);
  return { uplink, lines, targets, scheduler, states, failures, refuse: (error) => (refusal = error) };
}

describe('the way to the server', () => {
  test('announces pictures before sound, and sends from the first key frame on', async () => {
    const { uplink, lines } = await open();
    uplink.offer(frame(video, 0));
    uplink.offer(frame(video, 40, { key: true }));
    uplink.offer(frame(video, 80));
    expect(lines[0]!.announced).toEqual([video, audio]);
    expect(lines[0]!.times).toEqual([40, 80]);
    expect(uplink.frames).toEqual({ sent: 2, lost: 1 });
  });

  test('that was lost is made anew after one second, then two, then four, up to thirty', async () => {
    const { lines, scheduler, states, refuse } = await open();
    refuse(gone);
    lines[0]!.lose(gone);
    await settle();
    await scheduler.pass(100 * SECOND, 100 * MILLISECOND);
    const waits = states.flatMap((state) => (state.state === 'waiting' ? [state.retryIn] : []));
    expect(waits.slice(0, 7)).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  test('that stands again has the tracks in force, and the picture starts at a key frame', async () => {
    const { uplink, lines, scheduler } = await open();
    const later = videoTrack([1, 2, 3]);
    uplink.offer(frame(video, 0, { key: true }));
    lines[0]!.lose(gone);
    await settle();
    uplink.offer(frame(later, 40, { key: true }));
    await scheduler.pass(1100 * MILLISECOND, 100 * MILLISECOND);
    uplink.offer(frame(later, 80));
    uplink.offer(frame(audio, 90));
    uplink.offer(frame(later, 120, { key: true }));
    expect(lines[1]!.announced).toEqual([later, audio]);
    expect(lines[1]!.times).toEqual([90, 120]);
    expect(uplink.frames).toEqual({ sent: 3, lost: 2 });
    expect(uplink.reconnects).toBe(1);
  });

  test('that held for ten seconds is tried soon again when it is lost', async () => {
    const { lines, scheduler, states } = await open();
    for (let turn = 0; turn < 3; turn++) {
      lines.at(-1)!.lose(gone);
      await settle();
      await scheduler.pass(12 * SECOND, 100 * MILLISECOND);
    }
    expect(states.flatMap((state) => (state.state === 'waiting' ? [state.retryIn] : []))).toEqual([1, 1, 1]);
  });

  test.each(['wrong-key', 'kicked', 'bad-path'] as const)('is given up on a refusal: %s', async (code) => {
    const { lines, scheduler, failures, refuse } = await open();
    refuse(new RoomcastError(code));
    lines[0]!.lose(gone);
    await settle();
    await scheduler.pass(60 * SECOND, SECOND);
    expect(failures.map((error) => error.code)).toEqual([code]);
    expect(lines).toHaveLength(2);
  });

  test.each(['busy', 'too-soon', 'already-publishing', 'shutting-down', 'denied'] as const)(
    'is tried again where the server is only in a bad moment: %s',
    async (code) => {
      const { lines, scheduler, failures, refuse } = await open();
      refuse(new RoomcastError(code));
      lines[0]!.lose(gone);
      await settle();
      await scheduler.pass(1500 * MILLISECOND, 100 * MILLISECOND);
      refuse(undefined);
      await scheduler.pass(5 * SECOND, 100 * MILLISECOND);
      expect(failures).toEqual([]);
      expect(lines).toHaveLength(3);
    },
  );

  test('is made anew when the server asks for it, and given up when the server ends the broadcast', async () => {
    const { lines, scheduler, failures } = await open();
    lines[0]!.end({ reason: 'reconnect', error: gone });
    await settle();
    await scheduler.pass(1100 * MILLISECOND, 100 * MILLISECOND);
    expect(lines).toHaveLength(2);
    lines[1]!.end({ reason: 'ended' });
    await settle();
    expect(failures.map((error) => error.message)).toEqual([expect.stringMatching(/ended the broadcast/)]);
  });

  test('leads once to where the server sends it, and back where that is nothing', async () => {
    const { lines, targets, scheduler, refuse } = await open();
    const target = { secure: false, host: 'other', port: 1935, app: 'live', name: 'key', tcUrl: 'rtmp://other/live' };
    refuse(gone);
    lines[0]!.end({ reason: 'reconnect', error: gone, target });
    await settle();
    await scheduler.pass(4 * SECOND, 100 * MILLISECOND);
    expect(targets).toEqual([undefined, target, undefined]);
  });

  test('that is too slow for five seconds loses frames until it has caught up, then starts at a key frame', async () => {
    const { uplink, lines, scheduler } = await open();
    const [line] = lines;
    uplink.offer(frame(video, 0, { key: true }));
    line!.full(100_000);
    for (let ms = 40; ms <= 6000; ms += 40) {
      uplink.offer(frame(video, ms, { key: ms % 1000 === 0 }));
      line!.queued -= 100;
      await scheduler.pass(40 * MILLISECOND);
    }
    expect(Math.max(...line!.times)).toBeLessThan(5200);
    line!.empty();
    await settle();
    for (let ms = 6040; ms <= 7400; ms += 40) uplink.offer(frame(video, ms, { key: ms % 1000 === 0 }));
    expect(line!.times.filter((time) => time > 5200)[0]).toBe(7000);
  });

  test('that takes nothing any more is cut and made anew', async () => {
    const { uplink, lines, scheduler } = await open();
    lines[0]!.full(100_000);
    uplink.offer(frame(video, 0, { key: true }));
    await scheduler.pass(20 * SECOND, SECOND);
    expect(lines[0]!.destroyed).toBe(true);
    expect(lines).toHaveLength(2);
  });

  test('that still holds frames when it is left says so', async () => {
    const { uplink, lines, scheduler } = await open();
    lines[0]!.full(1000);
    uplink.offer(frame(video, 0, { key: true, size: 5000 }));
    expect(uplink.bytes).toBe(4000);
    const leaving = uplink.leave();
    await scheduler.pass(5 * SECOND, SECOND);
    expect(await leaving).toBe(false);
    const lost = await open();
    lost.lines[0]!.full(1000);
    const left = lost.uplink.leave();
    lost.lines[0]!.lose(gone);
    lost.lines[0]!.empty();
    expect(await left).toBe(false);
    expect(await (await open()).uplink.leave()).toBe(true);
  });

  test('is left cleanly, and tried no more', async () => {
    const { uplink, lines, scheduler } = await open();
    await uplink.leave();
    expect(lines[0]!.left).toBe(true);
    const other = await open();
    other.lines[0]!.lose(gone);
    await settle();
    await other.uplink.leave();
    await other.scheduler.pass(60 * SECOND, SECOND);
    expect(other.lines).toHaveLength(1);
    expect(scheduler.pending).toBe(0);
  });

  test('that cannot be made at first is an error', async () => {
    const scheduler = new VirtualScheduler();
    const uplink = new Uplink({
      url: 'rtmp://host/live/key',
      scheduler,
      random: () => 1,
      connect: () => new FakeLine(gone),
      changed: () => {},
      failed: () => {},
    });
    await expect(uplink.open([video])).rejects.toBe(gone);
    await scheduler.pass(60 * SECOND, SECOND);
  });
});
