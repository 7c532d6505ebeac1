import { describe, expect, test } from 'vitest';
import { LiveStage } from '../../../test/live-stage.ts';
import { audioTrack, film, frame, videoTrack } from '../../../test/media.ts';
import type { Access } from '../../live/access.ts';
import { SECOND } from '../../media/time.ts';
import { Totals } from './totals.ts';

const [video, audio] = [videoTrack(), audioTrack()];
const second = film({ ms: 1000, video, audio });

/** A peer that says of itself how many bytes went over its wire. */
function peer(action: Access['action'], protocol: string): Access & { wire: { in: number; out: number } } {
  const wire = { in: 0, out: 0 };
  const question = { action, protocol, path: 'live/a', credentials: {}, remote: { address: '192.0.2.1' } };
  return { ...question, wire, close() {}, traffic: () => wire };
}

const sessionsOf = (totals: Totals): string[] =>
  totals.read().protocols.flatMap(({ protocol, sessions }) => [...sessions].map((row) => [protocol, ...row].join(' ')));

describe('what a server did since it started', () => {
  test('frames are counted over ends, losses and new broadcasts, each once', async () => {
    const stage = new LiveStage();
    const totals = new Totals(stage.hub, { refused: 0 });
    expect(totals.read().frames).toEqual({ video: 0, audio: 0, data: 0 });
    const first = await stage.publish();
    await stage.run({ by: first, frames: second });
    expect(totals.read().frames).toEqual({ video: 25, audio: 50, data: 0 });
    first.publisher.end('lost');
    expect(totals.read().frames).toEqual({ video: 25, audio: 50, data: 0 });
    const again = await stage.publish();
    await stage.run({ by: again, frames: second });
    again.publisher.end('ended');
    expect(totals.read().frames).toEqual({ video: 50, audio: 100, data: 0 });
    const other = await stage.publish();
    await stage.run({ by: other, frames: second });
    expect(totals.read().frames).toEqual({ video: 75, audio: 150, data: 0 });
    stage.hub.close();
    expect(totals.read().frames).toEqual({ video: 75, audio: 150, data: 0 });
  });

  test('sessions are those there are now, and who was seen before stays with none', async () => {
    const stage = new LiveStage();
    const totals = new Totals(stage.hub, { refused: 0 });
    expect(sessionsOf(totals)).toEqual([]);
    const publisher = await stage.hub.publish(peer('publish', 'rtmp'));
    const viewers = [await stage.hub.play(peer('play', 'rtmp')), await stage.hub.play(peer('play', 'http-flv'))];
    expect(sessionsOf(totals)).toEqual(['rtmp publish 1', 'rtmp play 1', 'http-flv play 1']);
    for (const viewer of viewers) viewer.leave();
    const brief = await stage.hub.play(peer('play', 'ws-flv'));
    brief.leave();
    expect(sessionsOf(totals)).toEqual(['rtmp publish 1', 'rtmp play 0', 'http-flv play 0', 'ws-flv play 0']);
    publisher.end('ended');
    expect(sessionsOf(totals)[0]).toBe('rtmp publish 0');
  });

  test('bytes are those of all sessions, and never fall', async () => {
    const stage = new LiveStage();
    const totals = new Totals(stage.hub, { refused: 0 });
    const [one, two] = [peer('play', 'http-flv'), peer('play', 'http-flv')];
    const [first, second] = [await stage.hub.play(one), await stage.hub.play(two)];
    Object.assign(one.wire, { in: 10, out: 1000 });
    Object.assign(two.wire, { in: 20, out: 2000 });
    const traffic = (): object => totals.read().protocols[0]!.traffic;
    expect(traffic()).toEqual({ in: 30, out: 3000, skips: 0 });
    // What still waited in the socket was not sent.
    one.wire.out = 700;
    first.leave();
    expect(traffic()).toEqual({ in: 30, out: 3000, skips: 0 });
    two.wire.out = 2500;
    expect(traffic()).toEqual({ in: 30, out: 3200, skips: 0 });
    second.leave();
    expect(traffic()).toEqual({ in: 30, out: 3200, skips: 0 });
  });

  test('skips count those of a viewer that paused and came back', async () => {
    const stage = new LiveStage();
    const totals = new Totals(stage.hub, { refused: 0 });
    const viewer = await stage.hub.play(peer('play', 'rtmp'));
    for (const skips of [2, 3]) viewer.session.follow({ skips });
    expect(viewer.session.skips).toBe(5);
    expect(totals.read().protocols[0]!.traffic.skips).toBe(5);
    viewer.leave();
    expect(totals.read().protocols[0]!.traffic.skips).toBe(5);
  });

  test('refusals are counted by their code', async () => {
    const stage = new LiveStage();
    const totals = new Totals(stage.hub, { refused: 0 });
    const holder = await stage.publish();
    await holder.write(frame(video, 0, { key: true }));
    await stage.refusal(stage.play({ path: '../etc' }));
    await stage.refusal(stage.play({ path: '' }));
    await stage.refusal(stage.publish({ key: 'OTHER' }));
    expect([...totals.read().refused].filter(([, count]) => count > 0)).toEqual([
      ['bad-path', 2],
      ['already-publishing', 1],
    ]);
  });

  test('refusals are there before the first of their kind, so that a rate sees it', () => {
    const { refused } = new Totals(new LiveStage().hub, { refused: 0 }).read();
    expect([refused.get('wrong-key'), refused.get('busy'), refused.get('port-taken')]).toEqual([0, 0, undefined]);
  });

  test('those who got no seat are among them, and never came before the hub', async () => {
    const stage = new LiveStage({ maxSessions: 0 });
    const seats = { refused: 3 };
    const totals = new Totals(stage.hub, seats);
    await stage.refusal(stage.play());
    expect(totals.read().refused.get('busy')).toBe(4);
    seats.refused = 5;
    expect(totals.read().refused.get('busy')).toBe(6);
  });

  test('nothing is counted after the close', async () => {
    const stage = new LiveStage();
    const totals = new Totals(stage.hub, { refused: 0 });
    totals.close();
    await stage.refusal(stage.play({ path: '' }));
    expect([...totals.read().refused.values()].filter((count) => count > 0)).toEqual([]);
    stage.scheduler.advance(SECOND);
    expect(stage.faults).toEqual([]);
  });
});
