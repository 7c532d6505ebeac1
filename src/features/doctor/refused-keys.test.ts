import { beforeEach, describe, expect, test } from 'vitest';
import { DoctorStage } from '../../../test/doctor-stage.ts';
import { Denied } from '../../errors.ts';
import { SECOND } from '../../media/time.ts';

const WRONG = 'rk_wrongwrongwrongwrongwrongwrong';

describe('a wrong key', () => {
  let stage: DoctorStage;
  beforeEach(() => {
    stage = new DoctorStage({
      gate: ({ path, credentials: { key } }) => {
        if (key !== 'KEY') throw new Denied('wrong-key');
        return { path, keyId: key };
      },
      isKnown: (path) => ['live/a', 'live/b'].includes(path),
    });
  });
  const attempt = (path: string, key = WRONG): Promise<string> => stage.live.refusal(stage.live.publish({ path, key }));
  const of = (path: string): unknown => stage.doctor.findings(path).map(({ code, values }) => [code, values]);

  test('for a room is told to that room, with how often and how long ago', async () => {
    expect(await attempt('live/a')).toBe('wrong-key');
    await attempt('live/a');
    stage.live.scheduler.advance(30 * SECOND);
    await attempt('live/a');
    stage.live.scheduler.advance(4.5 * SECOND);
    expect(of('live/a')).toEqual([['key-refused', { attempts: 3, seconds: 4 }]]);
    expect(of('live/b')).toEqual([]);
    expect(stage.changes).toEqual(['live/a', 'live/a', 'live/a']);
  });

  test('in place of a room’s name is told to every room that has no publisher', async () => {
    const by = await stage.live.publish({ path: 'live/a' });
    await attempt(`live/${WRONG}`, undefined);
    expect(of('live/a')).toEqual([]);
    expect(of('live/b')).toEqual([['key-refused', { attempts: 1, seconds: 0 }]]);
    expect(of('cam/one')).toEqual([]);
    by.publisher.end('ended');
    expect(of('live/a')).toEqual([['key-refused', { attempts: 1, seconds: 0 }]]);
    expect(stage.changes).toContain(undefined);
  });

  test('is forgotten as soon as somebody publishes with the right one', async () => {
    await attempt('live/a');
    await attempt(`live/${WRONG}`);
    stage.play(await stage.live.publish({ path: 'live/a' }), { seconds: 3 });
    expect(of('live/a')).toEqual([]);
    expect(of('live/b')).toEqual([]);
  });

  test('that named no room is logged once when it comes and once when it goes', async () => {
    const code = 'key-refused';
    const [comes, goes] = [
      { level: 'warn', fields: { code } },
      { level: 'info', fields: { code, over: true } },
    ];
    for (let i = 0; i < 5; i++) await attempt(`live/${WRONG}`);
    expect(stage.log).toEqual([comes]);
    stage.live.scheduler.advance(301 * SECOND);
    expect(stage.log).toEqual([comes, goes]);
    await attempt(`live/${WRONG}`);
    await stage.live.publish({ path: 'live/b' });
    expect(stage.log.slice(2)).toEqual([comes, goes]);
    stage.live.scheduler.advance(301 * SECOND);
    expect(stage.log).toHaveLength(4);
  });

  test('is told beside what else is wrong while the room is live', async () => {
    const by = await stage.live.publish({ path: 'live/a' });
    stage.play(by, { seconds: 8, gops: [5], bFrames: 2 });
    await attempt('live/a');
    expect(stage.codes).toEqual(['gop-long', 'key-refused', 'b-frames']);
  });

  test('is forgotten five minutes after the last one, and no timer is left', async () => {
    await attempt('live/a');
    stage.live.scheduler.advance(290 * SECOND);
    await attempt('live/a');
    stage.live.scheduler.advance(299 * SECOND);
    expect(of('live/a')).toEqual([['key-refused', { attempts: 2, seconds: 299 }]]);
    stage.live.scheduler.advance(3 * SECOND);
    expect(of('live/a')).toEqual([]);
    expect(stage.live.scheduler.pending).toBe(0);
    expect(stage.log.map(({ fields }) => 'values' in fields)).toEqual([true, false]);
  });

  test('is logged once, and never shown', async () => {
    const told: unknown[] = [];
    stage.live.hub.events.on('refused', (refusal) => told.push(refusal));
    for (let i = 0; i < 1100; i++) await attempt('live/a');
    await attempt(`live/${WRONG}`);
    expect(stage.log.map(({ level, fields: { path, code } }) => [level, path, code])).toEqual([
      ['warn', 'live/a', 'key-refused'],
      ['warn', undefined, 'key-refused'],
    ]);
    expect(JSON.stringify([told, stage.log, of('live/a'), stage.changes])).not.toContain('rk_');
    expect(of('live/a')).toMatchObject([['key-refused', { attempts: 1001 }]]);
  });

  test.each(['kicked', 'already-publishing', 'too-soon'] as const)(
    'is none where one is refused as %s',
    async (code) => {
      stage = new DoctorStage({
        gate: () => {
          throw new Denied(code);
        },
      });
      await attempt('live/a');
      expect(of('live/a')).toEqual([]);
    },
  );
});
