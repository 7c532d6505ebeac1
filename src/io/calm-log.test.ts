import { describe, expect, test } from 'vitest';
import { LogLines } from '../../test/log-lines.ts';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import { CalmLog } from './calm-log.ts';

function stage(): { log: CalmLog; out: LogLines; scheduler: VirtualScheduler } {
  const out = new LogLines();
  const scheduler = new VirtualScheduler();
  return { log: new CalmLog({ log: out, scheduler }), out, scheduler };
}

const wrongKey = (remote = '192.0.2.1'): object => ({ protocol: 'rtmp', action: 'publish', remote, code: 'wrong-key' });

describe('a log in which repeated trouble is counted', () => {
  test('says the first of a kind at once, and once a second how many more there were', () => {
    const { log, out, scheduler } = stage();
    for (let i = 0; i < 215; i++) log.warn(wrongKey(), 'No room has it.');
    expect(out.take()).toEqual([{ level: 'warn', fields: wrongKey(), message: 'No room has it.' }]);
    scheduler.advance(SECOND);
    const more = { level: 'warn', fields: { ...wrongKey(), more: 214 }, message: 'No room has it. … and 214 more' };
    expect(out.take()).toEqual([more]);
    scheduler.advance(10 * SECOND);
    expect([out.lines, scheduler.pending]).toEqual([[], 0]);
    log.warn(wrongKey(), 'No room has it.');
    expect(out.take()).toHaveLength(1);
  });

  test('says at most one line a second for as long as it lasts, and loses none', () => {
    const { log, out, scheduler } = stage();
    for (let i = 0; i < 1000; i++) {
      log.warn(wrongKey(), 'No.');
      scheduler.advance(20 * MILLISECOND);
    }
    scheduler.advance(2 * SECOND);
    const lines = out.take();
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(lines.reduce((sum, { fields }) => sum + Number(fields['more'] ?? 1), 0)).toBe(1000);
  });

  test('a second one alone is said as it is, a little later', () => {
    const { log, out, scheduler } = stage();
    log.warn(wrongKey('192.0.2.1'), 'No.');
    log.warn(wrongKey('192.0.2.2'), 'No.');
    expect(out.take()).toHaveLength(1);
    scheduler.advance(SECOND);
    expect(out.take()).toEqual([{ level: 'warn', fields: wrongKey('192.0.2.2'), message: 'No.' }]);
  });

  test('tells how many addresses there were where it was not one', () => {
    const { log, out, scheduler } = stage();
    for (let i = 0; i < 30; i++) log.warn(wrongKey(`192.0.2.${i % 3}`), 'No.');
    scheduler.advance(SECOND);
    const { fields } = out.lines[1]!;
    expect(fields).toEqual({ protocol: 'rtmp', action: 'publish', code: 'wrong-key', addresses: 3, more: 29 });
  });

  test.each([
    ['another code', { ...wrongKey(), code: 'busy' }],
    ['another path', { ...wrongKey(), path: 'live/b' }],
    ['another protocol', { ...wrongKey(), protocol: 'ws-flv' }],
    ['something else', {}],
  ])('%s is another kind', (_what, fields) => {
    const { log, out } = stage();
    log.warn(wrongKey(), 'No.');
    log.warn(fields, 'Nothing.');
    log.info(wrongKey(), 'No.');
    expect(out.lines).toHaveLength(3);
  });

  test('other words are the same kind where there is a code, because words may hold what a peer sent', () => {
    const { log, out, scheduler } = stage();
    for (let i = 0; i < 9; i++) log.info({ protocol: 'rtmp', code: 'protocol-error' }, `A chunk of ${i} bytes.`);
    for (let i = 0; i < 9; i++) log.info({}, `Something ${i}`);
    scheduler.advance(SECOND);
    expect(out.lines.map(({ message }) => message).filter((text) => text.includes('chunk'))).toEqual([
      'A chunk of 0 bytes.',
      'A chunk of 8 bytes. … and 8 more',
    ]);
    expect(out.lines).toHaveLength(11);
  });

  test('sessions and what is for debugging are never counted', () => {
    const { log, out } = stage();
    for (let i = 0; i < 50; i++) {
      log.info({ session: 'id', protocol: 'rtmp' }, 'a viewer came');
      log.debug({ code: 'busy' }, 'busy');
    }
    expect(out.lines).toHaveLength(100);
  });

  test('ever new kinds become one, so that they cost neither memory nor lines', () => {
    const { log, out, scheduler } = stage();
    for (let i = 0; i < 5000; i++) log.warn({ code: 'x', path: `live/${i}` }, 'No.');
    expect(out.lines.length).toBeLessThan(300);
    expect(scheduler.pending).toBeLessThan(300);
    scheduler.advance(3 * SECOND);
    expect(out.lines.reduce((sum, { fields }) => sum + Number(fields['more'] ?? 1), 0)).toBe(5000);
    // It counts lines of other paths, so it names none.
    const { fields, message } = out.lines.find(({ fields: { more } }) => Number(more) > 1)!;
    expect([Object.keys(fields), message]).toEqual([['more'], 'trouble of many kinds … and 4743 more']);
    expect(scheduler.pending).toBe(0);
  });

  test('a child shares the counts, and its fields belong to the line', () => {
    const { log, out, scheduler } = stage();
    const child = log.child({ part: 'a' }).child({ path: 'live/a' });
    for (let i = 0; i < 3; i++) child.error({ code: 'internal' }, 'Oh.');
    log.close();
    expect(out.lines.map(({ fields }) => fields)).toEqual([
      { part: 'a', path: 'live/a', code: 'internal' },
      { part: 'a', path: 'live/a', code: 'internal', more: 2 },
    ]);
    expect(scheduler.pending).toBe(0);
  });
});
