import { describe, expect, test } from 'vitest';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { SECOND } from '../media/time.ts';
import { CallLimit } from './call-limit.ts';
import { nestsDeeper } from './http/json-body.ts';
import { PendingConnections } from './pending.ts';

describe('the limit of calls', () => {
  test('lets a hundred pass at once, and then ten a second', () => {
    const scheduler = new VirtualScheduler();
    const limit = new CallLimit({ scheduler, calls: 100 });
    const passed = (attempts: number): number =>
      Array.from({ length: attempts }, () => limit.take('a')).filter((wait) => wait === 0).length;
    expect(passed(200)).toBe(100);
    scheduler.advance(SECOND);
    expect(passed(200)).toBe(10);
    scheduler.advance(10 * SECOND);
    expect(passed(200)).toBe(100);
  });

  test('says how long to wait', () => {
    const scheduler = new VirtualScheduler();
    const limit = new CallLimit({ scheduler, calls: 1 });
    expect([limit.take('a'), limit.take('a')]).toEqual([0, 10]);
    scheduler.advance(4 * SECOND);
    expect(limit.take('a')).toBe(6);
  });

  test('counts each address for itself, and none at all with 0', () => {
    const scheduler = new VirtualScheduler();
    const limit = new CallLimit({ scheduler, calls: 1 });
    expect([limit.take('a'), limit.take('b'), limit.take('a')]).toEqual([0, 0, 10]);
    const none = new CallLimit({ scheduler, calls: 0 });
    for (let i = 0; i < 1000; i++) expect(none.take('a')).toBe(0);
  });

  test('does not grow with the number of addresses', () => {
    const scheduler = new VirtualScheduler();
    const limit = new CallLimit({ scheduler, calls: 100 });
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 400_000; i++) limit.take(`2001:db8:0:${i}`);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('connections that ask for nothing', () => {
  test('are so many for each address, until they ask or go', () => {
    const pending = new PendingConnections(2);
    const [a, b, c] = [{}, {}, {}];
    expect([pending.add(a, 'x'), pending.add(b, 'x'), pending.add(c, 'x'), pending.add({}, 'y')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    pending.remove(c);
    expect(pending.add(c, 'x')).toBe(false);
    pending.remove(a);
    pending.remove(a);
    expect([pending.add(c, 'x'), pending.add({}, 'x')]).toEqual([true, false]);
  });

  test('are not counted with 0', () => {
    const pending = new PendingConnections(0);
    for (let i = 0; i < 1000; i++) expect(pending.add({}, 'x')).toBe(true);
  });
});

describe('the depth of a JSON text', () => {
  test.each([
    ['{}', 1],
    ['[[{"a":[]}]]', 4],
    ['"[[[["', 0],
    ['["[\\"[["]', 1],
    ['[][][]', 1],
    ['{"\\\\":[[]]}', 3],
  ])('of %s is %i', (text, depth) => {
    expect(nestsDeeper(text, depth)).toBe(false);
    if (depth > 0) expect(nestsDeeper(text, depth - 1)).toBe(true);
  });

  test('is known at once for a text that only opens', () => {
    expect(nestsDeeper('['.repeat(1_000_000), 32)).toBe(true);
  });
});
