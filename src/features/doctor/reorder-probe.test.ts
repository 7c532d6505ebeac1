import { describe, expect, test } from 'vitest';
import { frame, videoTrack } from '../../../test/media.ts';
import { ReorderProbe } from './reorder-probe.ts';

const video = videoTrack();

/** Pictures 40 ms apart, shown at these places of each group, and all of them so many ms later. */
function see(order: readonly number[], { later = 0, groups = 30 } = {}, probe = new ReorderProbe()): ReorderProbe {
  for (let index = 0; index < groups * order.length; index++) {
    const place = index % order.length;
    const shown = index - place + order[place]!;
    probe.see(frame(video, index * 40, { key: place === 0 && index % 24 === 0, cts: (shown - index) * 40 + later }));
  }
  return probe;
}

describe('the order of pictures', () => {
  test.each<[string, readonly number[], object | string]>([
    ['as they are shown', [0], 'well'],
    ['with one B-frame', [1, 3, 2], { frames: 1, delay: 40 }],
    ['with a pyramid of three', [2, 6, 4, 3, 5], { frames: 3, delay: 80 }],
  ])('%s', (_what, order, verdict) => {
    expect(see(order).verdict()).toEqual(verdict);
    // An encoder that shows all of it later adds nothing to the order.
    expect(see(order, { later: 200 }).verdict()).toEqual(verdict);
  });

  test('is not judged by a few', () => {
    expect(see([1, 3, 2], { groups: 4 }).verdict()).toBeUndefined();
  });

  test('is forgotten with its clock', () => {
    const probe = see([1, 3, 2]);
    probe.reset();
    expect(probe.verdict()).toBeUndefined();
    expect(see([0], {}, probe).verdict()).toBe('well');
  });
});
