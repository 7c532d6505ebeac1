import { beforeEach, expect, test } from 'vitest';
import type { Comment } from './comment.ts';
import { GAP } from './flight.ts';
import { defaultLook, type Look } from './look.ts';
import { Sky } from './sky.ts';

/** A letter is half as wide as it is high. */
const measure = (text: string): number => text.length / 2;
const WIDE = { width: 1280, height: 720, spare: 0 };

let count = 0;
beforeEach(() => (count = 0));

function comment(options: Partial<Comment> = {}): Comment {
  const id = String(++count);
  return { id, text: `comment ${id}`, mode: 'scroll', color: 'white', own: false, ...options };
}

function skyOf(look: Partial<Look> = {}, picture: typeof WIDE = WIDE): Sky {
  const sky = new Sky(measure);
  sky.change({ ...defaultLook, ...look }, 0);
  sky.resize(picture, 0);
  return sky;
}

const idsOf = (sky: Sky): string[] => sky.flights.map(({ comment: { id } }) => id);
const rowsOf = (sky: Sky): number[] => sky.flights.map(({ row }) => row);

/** The least room between two in a row now; negative where they overlap. */
function closest(sky: Sky, now: number): number {
  const rooms = sky.flights.flatMap((one, index) =>
    sky.flights.slice(index + 1).flatMap((other) => {
      if (one.row !== other.row) return [];
      const [left, its] = [sky.place(one, now).x, sky.place(other, now).x];
      return Math.max(its - (left + one.width), left - (its + other.width));
    }),
  );
  return Math.min(Infinity, ...rooms);
}

test('each takes the first row in which it meets nobody', () => {
  const sky = skyOf();
  for (let ids = 0; ids < 3; ids++) sky.add(comment(), 0);
  expect(rowsOf(sky)).toEqual([0, 1, 2]);
  sky.add(comment(), 2_000);
  expect(rowsOf(sky)).toEqual([0, 1, 2, 0]);
});

test('those at the top stand in the middle, those at the bottom count from below, and what is too wide to stand flies', () => {
  const sky = skyOf();
  sky.add(comment({ mode: 'top' }), 0);
  sky.add(comment({ mode: 'bottom' }), 0);
  sky.add(comment({ mode: 'top', text: 'x'.repeat(99) }), 0);
  const [top, bottom, wide] = sky.flights;
  expect(sky.place(top!, 3_000).x + top!.width / 2).toBe(640);
  expect([top!.row, bottom!.row]).toEqual([0, sky.rows.all - 1]);
  expect(sky.place(bottom!, 0).y + sky.rows.line).toBeLessThan(720 * 0.83);
  expect(wide!.fixed).toBe(false);
});

test.each([
  ['a crowd', {}],
  ['a crowd in all of the picture', { area: 1, density: 'high' }],
  ['large letters', { size: 150, speed: 15 }],
  ['small ones', { size: 50, speed: 5, density: 'high' }],
] as const)('nobody ever touches another: %s', (_what, look) => {
  const sky = skyOf(look);
  let most = 0;
  for (let now = 0; now < 30_000; now += 40) {
    const mode = (['scroll', 'scroll', 'scroll', 'top', 'bottom'] as const)[count % 5]!;
    sky.add(comment({ mode, text: 'x'.repeat(2 + ((count * 37) % 60)), own: count % 50 === 0 }), now);
    sky.advance(now);
    expect(closest(sky, now)).toBeGreaterThan(GAP - 0.001);
    most = Math.max(most, sky.flights.length);
  }
  expect(most).toBeGreaterThan(8);
});

test('what comes in one moment waits a little for a place, and is dropped when there is none', () => {
  const sky = skyOf({ area: 0.25 });
  const { used } = sky.rows;
  for (let ids = 0; ids < used + 2; ids++) sky.add(comment({ text: 'ten letter' }), 0);
  expect(sky.flights).toHaveLength(used);
  sky.advance(1_400);
  expect(sky.flights).toHaveLength(used + 2);
  const full = skyOf({ area: 0.25 });
  for (let ids = 0; ids < used + 2; ids++) full.add(comment({ text: 'x'.repeat(90) }), 0);
  full.advance(1_400);
  full.advance(1_600);
  expect(full.flights).toHaveLength(used);
  full.advance(20_000);
  expect(full.empty).toBe(true);
});

test('there are never more than the density says, and never more than a few who wait', () => {
  const sky = skyOf({ density: 'low', area: 1 });
  for (let ids = 0; ids < 10_000; ids++) sky.add(comment({ text: 'hi' }), 0);
  expect(sky.flights).toHaveLength(12);
  sky.advance(8_000);
  expect(sky.flights.length).toBeLessThanOrEqual(12);
  const quick = skyOf({ density: 'high', area: 1, size: 50, speed: 5 });
  for (let ids = 0; ids < 10_000; ids++) quick.add(comment({ text: 'hi' }), 0);
  for (let now = 0; now < 1_400; now += 50) quick.advance(now);
  expect(quick.flights).toHaveLength(quick.rows.all + 60);
});

test('what the viewer has written has room for a frame, and goes where the fewest have to go for it', () => {
  const sky = skyOf({ area: 0.25 });
  const { used, font } = sky.rows;
  sky.add(comment({ text: 'abcd' }), 0);
  sky.add(comment({ text: 'abcd' }), 1_200);
  for (let ids = 1; ids < used; ids++) sky.add(comment({ text: 'x'.repeat(40) }), 1_200);
  expect(rowsOf(sky)).toEqual([0, 0, ...Array.from({ length: used - 1 }, (_, row) => row + 1)]);
  const standing = comment({ own: true, text: 'x'.repeat(60), mode: 'top' });
  sky.add(standing, 1_200);
  const flight = sky.flights.at(-1)!;
  expect(flight).toMatchObject({ comment: standing, row: 1, width: 31 * font });
});

test('what the viewer has written always flies: others go for it, and their own do not', () => {
  const sky = skyOf({ area: 0.25, density: 'low' });
  const { used } = sky.rows;
  for (let ids = 0; ids < used; ids++) sky.add(comment({ text: 'x'.repeat(90) }), 0);
  const own = Array.from({ length: used + 1 }, () => comment({ own: true, text: `mine ${count}` }));
  for (const one of own) sky.add(one, 0);
  expect(idsOf(sky)).toEqual(own.slice(0, used).map(({ id }) => id));
  sky.advance(3_000);
  expect(idsOf(sky)).toContain(own[used]!.id);
});

test('one that was deleted is gone at once, and one that is told twice flies once', () => {
  const sky = skyOf();
  const [one, other] = [comment(), comment()];
  for (const each of [one, other, one]) sky.add(each, 0);
  expect(sky.flights).toHaveLength(2);
  sky.remove(one.id);
  expect(idsOf(sky)).toEqual([other.id]);
});

test('hidden words and kinds are not shown, those in flight neither', () => {
  const sky = skyOf({ words: ['spoiler'], without: ['bottom'] });
  sky.add(comment({ text: 'a SPOILER' }), 0);
  sky.add(comment({ text: 'ｓｐｏｉｌｅｒ' }), 0);
  sky.add(comment({ mode: 'bottom' }), 0);
  const fine = comment();
  sky.add(fine, 0);
  expect(idsOf(sky)).toEqual([fine.id]);
  sky.change({ ...defaultLook, without: ['scroll'] }, 100);
  expect(sky.empty).toBe(true);
});

test('in another size each goes on from where it was, and still nobody touches another', () => {
  const sky = skyOf({ area: 1, density: 'high' });
  for (let now = 0; now < 6_000; now += 60) sky.add(comment({ text: 'x'.repeat(3 + (count % 20)) }), now);
  const before = new Map(sky.flights.map((flight) => [flight.comment.id, sky.place(flight, 6_000).x / 1280]));
  for (const picture of [{ width: 390, height: 219, spare: 38 }, WIDE, { width: 1920, height: 1080, spare: 0 }]) {
    sky.resize(picture, 6_000);
    expect(sky.flights.length).toBeGreaterThan(3);
    expect(closest(sky, 6_000)).toBeGreaterThan(GAP - 0.001);
    expect(Math.max(...rowsOf(sky))).toBeLessThan(sky.rows.all);
  }
  for (const flight of sky.flights)
    expect(Math.abs(sky.place(flight, 6_000).x / 1920 - before.get(flight.comment.id)!)).toBeLessThan(0.2);
});

test('another speed changes how they go on, not where they are', () => {
  const sky = skyOf();
  sky.add(comment(), 0);
  const at = sky.place(sky.flights[0]!, 3_000).x;
  sky.change({ ...defaultLook, speed: 5 }, 3_000);
  expect(sky.place(sky.flights[0]!, 3_000).x).toBeCloseTo(at);
  sky.advance(3_000 + 5_000 * (2 / 3) + 1);
  expect(sky.empty).toBe(true);
});

test('on a phone the rows leave room for being moved down', () => {
  const phone = { width: 390, height: 219, spare: 38 };
  const { all, used, line } = skyOf({ area: 1 }, phone).rows;
  expect(used).toBe(all);
  expect(10 + all * line + phone.spare).toBeLessThanOrEqual(219 * 0.83);
  expect(skyOf({ size: 150 }, { width: 60, height: 30, spare: 38 }).rows).toMatchObject({ all: 1, used: 1 });
});
