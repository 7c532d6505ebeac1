import { expect, test } from 'vitest';
import { LiveEdge } from './live-edge.ts';

const TICK = 50;

/** A media element that plays a live stream: what the network brings, the controller's speed and jumps. */
class Watching {
  readonly edge = new LiveEdge();
  now = 0;
  time = 0;
  start = 0;
  end = 0;
  paused = false;
  rate = 1;
  seeks: { at: number; by: number }[] = [];
  rates = new Set<number>();
  ranges: [number, number][] | undefined;

  /** Plays for so many seconds; `arrives` tells how much media comes in a second. */
  run(seconds: number, arrives = 1): void {
    for (let left = Math.round((seconds * 1000) / TICK); left > 0; left--) {
      this.now += TICK;
      this.end += (arrives * TICK) / 1000;
      const ready = this.end - this.time > 0.06;
      if (!this.paused && ready && this.edge.joined)
        this.time = Math.min(this.end, this.time + (this.rate * TICK) / 1000);
      const ranges = this.ranges ?? (this.end > this.start ? [[this.start, this.end] as [number, number]] : []);
      const { rate, seek } = this.edge.step({ now: this.now, time: this.time, ranges, paused: this.paused, ready });
      if (seek !== undefined) {
        this.seeks.push({ at: this.now, by: seek - this.time });
        this.time = seek;
      }
      this.rate = rate;
      this.rates.add(rate);
    }
  }

  get behind(): number {
    return this.end - this.time;
  }
}

test('a GOP of ten seconds is left by one jump before the first picture', () => {
  const watching = new Watching();
  watching.end = 9.5;
  watching.run(0.3);
  expect(watching.edge.joined).toBe(true);
  expect(watching.seeks).toHaveLength(1);
  expect(watching.behind).toBeLessThan(0.6);
  watching.run(10);
  expect(watching.seeks).toHaveLength(1);
  expect(watching.behind).toBeLessThan(0.8);
});

test('a burst that is still coming is waited for, but not long', () => {
  const watching = new Watching();
  watching.run(0.5, 12);
  expect(watching.edge.joined).toBe(false);
  watching.run(0.2, 12);
  expect(watching.edge.joined).toBe(true);
  watching.run(0.5, 12);
  watching.run(2);
  expect(watching.behind).toBeLessThan(1);
  watching.run(20);
  expect(watching.seeks.every(({ at }) => at < 3500)).toBe(true);
});

test('a stream that just begins needs no jump', () => {
  const watching = new Watching();
  watching.run(5);
  expect(watching.seeks).toHaveLength(0);
  expect(watching.behind).toBeGreaterThan(0.1);
});

test('a small lead is lost by speed that nobody notices, and speed ends where it should', () => {
  const watching = new Watching();
  watching.end = 2;
  watching.run(5);
  watching.end += 1;
  watching.rates.clear();
  watching.run(25);
  expect(watching.seeks.every(({ at }) => at < 3500)).toBe(true);
  expect(Math.max(...watching.rates)).toBeLessThanOrEqual(1.12);
  expect(watching.behind).toBeLessThan(0.6);
  expect(watching.rate).toBe(1);
});

test('a little slower is better than a pause', () => {
  const watching = new Watching();
  watching.end = 2;
  watching.run(4);
  watching.run(3, 0.9);
  expect(watching.rates.has(0.95)).toBe(true);
  expect(watching.edge.stalls).toBe(0);
});

test('far behind is one jump', () => {
  const watching = new Watching();
  watching.end = 2;
  watching.run(5);
  watching.end += 20;
  watching.run(0.2);
  expect(watching.behind).toBeLessThan(0.7);
});

test('after a long pause to load, it is back at the edge at once', () => {
  const watching = new Watching();
  watching.end = 2;
  watching.run(5);
  watching.run(4, 0);
  expect(watching.edge.stalls).toBe(1);
  watching.end += 4;
  watching.run(0.3);
  expect(watching.behind).toBeLessThan(0.8);
  expect(watching.edge.target).toBeCloseTo(0.4);
});

test('short pauses to load teach it to keep more, quiet minutes less', () => {
  const watching = new Watching();
  watching.end = 2;
  watching.run(5);
  for (let i = 0; i < 3; i++) {
    watching.run(1.2, 0);
    watching.end += 1.2;
    watching.run(2);
  }
  expect(watching.edge.target).toBeGreaterThan(1);
  const learnt = watching.edge.target;
  watching.run(130);
  expect(watching.edge.target).toBeCloseTo(learnt - 0.2);
});

test('who paused stays where they are until they ask for the edge', () => {
  const watching = new Watching();
  watching.end = 2;
  watching.run(5);
  watching.paused = true;
  watching.run(5);
  watching.paused = false;
  watching.edge.loose = true;
  watching.rates.clear();
  watching.run(10);
  expect(watching.behind).toBeGreaterThan(5);
  expect([...watching.rates]).toEqual([1]);
  watching.edge.catchUp();
  watching.run(14);
  expect(watching.rates.has(1.5)).toBe(true);
  expect(watching.behind).toBeLessThan(0.7);
  expect(watching.rate).toBe(1);
});

test('a hole in the buffer is crossed', () => {
  const watching = new Watching();
  watching.end = 2;
  watching.run(5);
  watching.ranges = [
    [0, watching.end],
    [watching.end + 5, watching.end + 7],
  ];
  const far = watching.end + 5;
  watching.run(2, 0);
  expect(watching.time).toBeGreaterThan(far);
});

test('smoothness keeps more', () => {
  const watching = new Watching();
  watching.edge.prefer(true);
  watching.end = 10;
  watching.run(5);
  expect(watching.behind).toBeGreaterThan(1.3);
});

test('what comes in parts keeps enough until the next one, at a steady speed; what it has learned is of its own way', () => {
  const watching = new Watching();
  watching.edge.restart({ by: 'page', least: 0.6, grain: 0.4 });
  watching.end = 3;
  const parts = (count: number): void => {
    for (let part = 0; part < count; part++) {
      watching.run(0.3, 0);
      watching.run(0.05, 7);
    }
  };
  parts(30);
  watching.rates.clear();
  parts(60);
  expect(watching.behind).toBeGreaterThan(0.8);
  expect(watching.behind).toBeLessThan(1.3);
  expect([...watching.rates]).toEqual([1]);
  watching.edge.restart({ by: 'page', least: 0.4 });
  expect(watching.edge.target).toBe(0.4);
});

test('what cannot jump comes closer by speed alone', () => {
  const watching = new Watching();
  watching.edge.restart({ by: 'speed', least: 1 });
  watching.end = 4;
  watching.run(60);
  expect(watching.seeks).toEqual([]);
  expect(watching.behind).toBeLessThan(1.4);
});

test('what follows the live edge by itself is left alone', () => {
  const watching = new Watching();
  watching.edge.restart({ by: 'itself' });
  watching.end = 12;
  watching.run(30);
  expect([watching.seeks, [...watching.rates]]).toEqual([[], [1]]);
  expect(watching.edge.joined).toBe(true);
});
