import { describe, expect, test } from 'vitest';
import { LiveStage } from '../../../test/live-stage.ts';
import { type Line, LogLines } from '../../../test/log-lines.ts';
import { audioTrack, film, frame, videoTrack } from '../../../test/media.ts';
import { SECOND } from '../../media/time.ts';
import { Journal } from './journal.ts';

const video = videoTrack();
const audio = audioTrack();

function stage(): LiveStage & { lines: Line[]; book: Journal } {
  const live = new LiveStage();
  const log = new LogLines();
  const book = new Journal({ hub: live.hub, scheduler: live.scheduler, log });
  return Object.assign(live, { lines: log.lines, book });
}

const about = (lines: readonly Line[], word: string): Line[] => lines.filter(({ message }) => message.includes(word));

describe('the journal', () => {
  test('has one line for the start of a session and one for its end, with all that an operator asks', async () => {
    const at = stage();
    const publisher = await at.publish({ agent: 'FMLE/3.0' });
    const { id } = publisher.session;
    expect(at.lines).toEqual([
      {
        level: 'info',
        message: 'a publisher came',
        fields: {
          session: id,
          protocol: 'test',
          action: 'publish',
          path: 'live/a',
          remote: '192.0.2.1',
          agent: 'FMLE/3.0',
        },
      },
    ]);
    Object.assign(publisher.access, { traffic: () => ({ in: 1_000_000, out: 500 }) });
    at.scheduler.advance(90.5 * SECOND);
    publisher.publisher.end('ended');
    const { level, message, fields } = at.lines.at(-1)!;
    expect([level, message]).toEqual(['info', 'a publisher left']);
    expect(fields).toEqual({
      session: id,
      protocol: 'test',
      action: 'publish',
      path: 'live/a',
      remote: '192.0.2.1',
      reason: 'ended',
      duration: 90.5,
      bytesIn: 1_000_000,
      bytesOut: 500,
    });
    expect(at.lines).toHaveLength(2);
  });

  test('tells in words how each of them went, and a viewer that was too slow by its skips', async () => {
    const at = stage();
    const viewers = [await at.play(), await at.play(), await at.play(), await at.play()];
    viewers[0]!.subscription.session.follow({ skips: 3 });
    viewers[0]!.subscription.leave('lost');
    viewers[1]!.subscription.leave('error');
    at.hub.kick(viewers[2]!.subscription.session.id);
    const first = await at.publish();
    await first.write(frame(video, 0, { key: true }));
    at.scheduler.advance(2 * SECOND);
    const second = await at.publish();
    await second.write(frame(video, 0, { key: true }));
    at.hub.close();
    const ends = at.lines.filter(({ fields }) => 'duration' in fields && 'session' in fields);
    expect(ends.map(({ message, fields }) => `${message} (${String(fields['reason'])})`)).toEqual([
      'a viewer left (lost)',
      'a viewer was cut off (error)',
      'a viewer was kicked (kicked)',
      'a publisher was replaced by a newer one (replaced)',
      'a publisher had to go: the server stops (shutdown)',
      'a viewer had to go: the server stops (shutdown)',
    ]);
    expect(ends.map(({ fields }) => fields['skips'])).toEqual([
      3,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(about(at.lines, ' came')).toHaveLength(ends.length);
  });

  test('tells each turn of a stream once', async () => {
    const at = stage();
    const publisher = await at.publish();
    await at.run({ by: publisher, frames: film({ ms: 1000, video, audio }) });
    for (const config of [[1], [2], [3]]) {
      publisher.publisher.announce({ ...video, config: Uint8Array.from([...video.config, ...config]) });
    }
    publisher.publisher.end('lost');
    at.scheduler.advance(60 * SECOND);
    const told = at.lines.filter(({ fields }) => 'state' in fields);
    expect(told.map(({ message }) => message)).toEqual([
      'the stream is live',
      'the stream waits for its publisher',
      'the broadcast is over',
    ]);
    expect(told[0]!.fields).toEqual({ path: 'live/a', state: 'live', codecs: ['h264', 'aac'] });
    expect(Number(told[2]!.fields['duration'])).toBeGreaterThan(14);
    const again = await at.publish();
    await at.run({ by: again, frames: film({ ms: 500, video, audio }) });
    expect(about(at.lines, 'is live')).toHaveLength(2);
  });

  test('warns of refused publishers, and merely tells of viewers that were', async () => {
    const at = stage();
    await at.refusal(at.publish({ path: '../etc' }));
    await at.refusal(at.play({ path: '../etc' }));
    expect(at.lines.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { protocol: 'test', action: 'publish', remote: '192.0.2.1', code: 'bad-path' }],
      ['info', { protocol: 'test', action: 'play', remote: '192.0.2.1', code: 'bad-path' }],
    ]);
  });

  test('says nothing after its end', async () => {
    const at = stage();
    at.book.close();
    await at.refusal(at.publish({ path: '' }));
    (await at.play()).leave();
    expect(at.lines).toEqual([]);
  });
});
