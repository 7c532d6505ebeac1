import { describe, expect, test } from 'vitest';
import { SECOND } from '../../media/time.ts';
import { MAX_PATHS } from './families.ts';
import { OTHER, PathLabels } from './path-labels.ts';

const HOUR = 3600 * SECOND;
const names = (count: number, first = 0): string[] => Array.from({ length: count }, (_, i) => `live/room-${first + i}`);

describe('labels of paths', () => {
  test('two hundred paths have their own, all others share one', () => {
    const labels = new PathLabels();
    for (const path of names(MAX_PATHS)) expect(labels.of(path, 0)).toBe(path);
    for (const path of names(10, MAX_PATHS)) expect(labels.of(path, 0)).toBe(OTHER);
    expect(labels.of('live/room-0', 0)).toBe('live/room-0');
  });

  test('ten thousand names that are on for a second each get at most two hundred labels an hour', () => {
    const labels = new PathLabels();
    const given = new Set(names(10_000).map((path, second) => labels.of(path, second * SECOND)));
    expect(given.size).toBeLessThanOrEqual(Math.ceil(10_000 / 3600) * MAX_PATHS + 1);
    expect(given.size).toBeGreaterThan(2 * MAX_PATHS);
  });

  test('a path that stays on keeps its label, and the one that rested longest gives its own up', () => {
    const labels = new PathLabels();
    const [first, second, ...rest] = names(MAX_PATHS);
    labels.of(first!, 0);
    labels.of(second!, 0);
    for (const path of rest) labels.of(path, HOUR / 2);
    labels.of(first!, HOUR - 1);
    expect(labels.of('live/new', HOUR - 1)).toBe(OTHER);
    expect(labels.of('live/new', HOUR)).toBe('live/new');
    expect(labels.of(second!, HOUR)).toBe(OTHER);
    expect(labels.of(first!, HOUR)).toBe(first);
    expect(labels.of('live/newer', HOUR)).toBe(OTHER);
  });

  test('a path with the name of the shared label adds no second series', () => {
    expect(new PathLabels().of(OTHER, 0)).toBe(OTHER);
  });
});
