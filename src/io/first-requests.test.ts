import { expect, test } from 'vitest';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { SECOND } from '../media/time.ts';
import { FirstRequests } from './first-requests.ts';

test('connections are ended when their first request is late, and no others', () => {
  const scheduler = new VirtualScheduler();
  const ended: { name: string; after: number }[] = [];
  const requests = new FirstRequests<string>({
    scheduler,
    withinMs: 10_000,
    late: (name) => ended.push({ name, after: scheduler.now() / SECOND - 1 }),
  });
  requests.add('silent');
  requests.add('asks');
  scheduler.advance(5.5 * SECOND);
  requests.remove('asks');
  requests.add('late');
  requests.remove('nobody');
  scheduler.advance(20 * SECOND);
  expect(ended).toEqual([
    { name: 'silent', after: 10 },
    { name: 'late', after: 16 },
  ]);
  requests.close();
  expect(scheduler.pending).toBe(0);
});
