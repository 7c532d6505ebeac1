import { describe, expect, onTestFinished, test } from 'vitest';
import { LiveStage, type StagePublisher, type StageViewer } from '../../../test/live-stage.ts';
import { settle } from '../../../test/virtual-scheduler.ts';
import { Busy, Denied } from '../../errors.ts';
import { SECOND } from '../../media/time.ts';
import { DecidedSessions } from './decided-sessions.ts';

/** What the other server answers when it is asked again: a yes for so many seconds, or for good, a no, or nothing. */
type Answer = number | 'for good' | 'no' | 'silence' | 'hangs';

/** A hub whose sessions another server lets in for 60 s. */
function stage(options: { closed?: boolean } = {}) {
  const live = new LiveStage();
  const { hub, scheduler } = live;
  /** Seconds since the start at which it was asked. */
  const asked: number[] = [];
  const start = scheduler.now();
  const at = { live, asked, answer: 60 as Answer, answerLate: (_until: number): void => {} };
  const seconds = (): number => (scheduler.now() - start) / SECOND;
  const decided = new DecidedSessions({
    hub,
    scheduler,
    failsClosed: () => options.closed ?? true,
    async ask() {
      asked.push(seconds());
      if (at.answer === 'no') throw new Denied('denied', 'That is all.');
      if (at.answer === 'silence') throw new Busy();
      if (at.answer === 'hangs') return new Promise((resolve) => (at.answerLate = resolve));
      return at.answer === 'for good' ? undefined : scheduler.now() + at.answer * SECOND;
    },
  });
  hub.confirm(async (access) => decided.admit(access, scheduler.now() + 60 * SECOND));
  onTestFinished(() => decided.close());
  /** Lets time pass until a session is closed, 200 s at the most, and gives the seconds since the start. */
  const closedAfter = async (peer: StagePublisher | StageViewer): Promise<number | undefined> => {
    while (seconds() < 200 && !peer.closed) await scheduler.pass(SECOND);
    return peer.closed && seconds();
  };
  return { ...at, at, decided, closedAfter };
}

describe('a session that another server lets in for a minute', () => {
  test('goes on while it is let in again, and is asked about before each minute is over', async () => {
    const { live, asked, closedAfter } = stage();
    expect(await closedAfter(await live.play())).toBeUndefined();
    expect(asked).toEqual([40, 80, 120, 160, 200]);
  });

  test.each(['publish', 'play'] as const)('ends within the minute by a no, with its reason (%s)', async (action) => {
    const { live, at, closedAfter } = stage();
    const peer = await live[action]();
    at.answer = 'no';
    expect(await closedAfter(peer)).toBeLessThanOrEqual(60);
    expect(peer.closed).toEqual({ reason: 'revoked', code: 'denied' });
    expect(live.hub.sessions.size).toBe(0);
  });

  test('is asked about no more once it is let in for good', async () => {
    const { live, at, asked, closedAfter } = stage();
    const viewer = await live.play();
    at.answer = 'for good';
    expect(await closedAfter(viewer)).toBeUndefined();
    expect(asked).toEqual([40]);
  });

  test('is asked about no more once it is over', async () => {
    const { live, asked } = stage();
    const viewer = await live.play();
    viewer.subscription.leave();
    await live.scheduler.pass(200 * SECOND, SECOND);
    expect(asked).toEqual([]);
  });

  test('is asked about a few times where nobody answers, goes on if that changes in time, and else ends with the minute', async () => {
    const { live, at, asked, closedAfter } = stage();
    const viewer = await live.play();
    at.answer = 'silence';
    await live.scheduler.pass(58 * SECOND, SECOND);
    expect(asked).toEqual([40, 50, 55, 58]);
    at.answer = 60;
    await live.scheduler.pass(2 * SECOND, SECOND);
    expect([asked.at(-1), viewer.closed]).toEqual([60, undefined]);
    at.answer = 'silence';
    expect(await closedAfter(viewer)).toBe(120);
    expect(viewer.closed).toEqual({ reason: 'revoked', code: 'busy' });
  });

  test('ends with the minute where the answer hangs and silence refuses, and what is said later changes nothing', async () => {
    const { live, at, closedAfter } = stage();
    const viewer = await live.play();
    at.answer = 'hangs';
    expect(await closedAfter(viewer)).toBe(60);
    at.answerLate(live.scheduler.now() + 60 * SECOND);
    await settle();
    expect(live.hub.sessions.size).toBe(0);
  });

  test('goes on while the answer hangs where silence lets in', async () => {
    const { live, at, asked, closedAfter } = stage({ closed: false });
    const viewer = await live.play();
    at.answer = 'hangs';
    expect(await closedAfter(viewer)).toBeUndefined();
    expect(asked).toEqual([40]);
  });

  test('is left alone when the server stops, whatever is answered by then', async () => {
    const { live, at, decided } = stage();
    const viewer = await live.play();
    at.answer = 'silence';
    await live.scheduler.pass(59 * SECOND, SECOND);
    decided.close();
    await live.scheduler.pass(10 * SECOND, SECOND);
    expect(viewer.closed).toBeUndefined();
  });
});
