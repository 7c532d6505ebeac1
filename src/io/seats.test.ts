import { describe, expect, test } from 'vitest';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { type Logger, silent } from '../log.ts';
import { SECOND } from '../media/time.ts';
import { readLimit } from './descriptors.ts';
import { type Closable, Seats } from './seats.ts';

/** A process that may open 256 files has 192 seats: 144 of them for viewers, 32 more for publishers, 16 for nobody. */
const FILES = 256;

class Peer implements Closable {
  closed = false;
  destroy(): void {
    this.closed = true;
  }
}

interface Stage {
  seats: Seats;
  scheduler: VirtualScheduler;
  lines: object[];
  enter(count: number): Peer[];
  keep(count: number, kind: 'viewer' | 'publisher'): number;
}

function stage(files: number = FILES): Stage {
  const scheduler = new VirtualScheduler();
  const lines: object[] = [];
  const log: Logger = { ...silent, warn: (fields) => void lines.push(fields) };
  const seats = new Seats({ files, log, scheduler });
  const enter = (count: number): Peer[] =>
    Array.from({ length: count }, () => {
      const peer = new Peer();
      seats.enter(peer);
      return peer;
    });
  const keep: Stage['keep'] = (count, kind) => enter(count).filter((peer) => seats.keep(peer, kind)).length;
  return { seats, scheduler, lines, enter, keep };
}

describe('seats', () => {
  test('a thousand that ask for nothing fill them, and each newcomer takes the place of the one quiet longest', () => {
    const { enter } = stage();
    const peers = enter(1000);
    expect(peers.filter(({ closed }) => !closed)).toEqual(peers.slice(-192));
  });

  test('who was heard is closed after those who were not', () => {
    const { seats, enter } = stage();
    const [first, second] = enter(192);
    seats.heard(first!);
    enter(1);
    expect([first!.closed, second!.closed]).toEqual([false, true]);
  });

  test('whoever is refused after all gives the seat back, and may be closed for another', () => {
    const { seats, keep, enter } = stage();
    const peers = enter(32);
    expect(peers.filter((peer) => seats.keep(peer, 'publisher'))).toHaveLength(32);
    expect(keep(144, 'viewer')).toBe(144);
    expect(keep(1, 'publisher')).toBe(0);
    seats.release(peers[0]!);
    expect(keep(1, 'publisher')).toBe(1);
    expect(keep(1, 'publisher')).toBe(0);
    enter(40);
    expect(peers.map(({ closed }) => closed)).toEqual(peers.map((_, index) => index === 0));
    seats.release(peers[0]!);
    expect(keep(1, 'publisher')).toBe(0);
  });

  test('those who get none are counted', () => {
    const { seats, keep } = stage();
    keep(150, 'viewer');
    expect(seats.refused).toBe(6);
  });

  test('viewers leave 32 to publishers, and both leave some to those who only ask', () => {
    const { seats, keep, enter } = stage();
    expect(keep(1000, 'viewer')).toBe(144);
    expect(seats.full).toBe(true);
    expect(keep(1000, 'publisher')).toBe(32);
    const [asking] = enter(1);
    expect(asking!.closed).toBe(false);
  });

  test('publishers may have all that nobody views with', () => {
    expect(stage().keep(1000, 'publisher')).toBe(176);
  });

  test('who keeps a seat is never closed for a newcomer', () => {
    const { seats, enter } = stage();
    const kept = enter(100);
    for (const peer of kept) seats.keep(peer, 'viewer');
    enter(1000);
    expect(kept.some(({ closed }) => closed)).toBe(false);
  });

  test('a connection that is gone gives its seat back, and one that changes its mind counts once', () => {
    const { seats, keep, enter } = stage();
    const peers = enter(144);
    for (const peer of peers) expect(seats.keep(peer, 'publisher') && seats.keep(peer, 'viewer')).toBe(true);
    expect(keep(1, 'viewer')).toBe(0);
    for (const peer of peers) seats.leave(peer);
    expect(seats.full).toBe(false);
    expect(keep(1000, 'viewer')).toBe(144);
  });

  test('a process with hardly any files still hears somebody', () => {
    const { keep, enter } = stage(20);
    expect(keep(100, 'viewer')).toBeGreaterThan(0);
    expect(enter(1)[0]!.closed).toBe(false);
  });

  test('without a limit nobody is turned away', () => {
    const { lines, keep } = stage(Infinity);
    expect([keep(5000, 'viewer'), keep(5000, 'publisher'), lines.length]).toEqual([5000, 5000, 0]);
  });

  test('the first that is turned away is told at once, all that follow once in ten seconds', () => {
    const { seats, scheduler, lines, enter } = stage();
    enter(192);
    for (let i = 0; i < 250; i++) {
      enter(1);
      scheduler.advance(SECOND / 10);
    }
    expect(lines.map((line) => (line as { closed: number }).closed)).toEqual([1, 99, 100]);
    scheduler.advance(30 * SECOND);
    expect(lines).toHaveLength(4);
    expect(scheduler.pending).toBe(0);
    enter(2);
    seats.say();
    expect(lines.slice(4)).toMatchObject([{ closed: 1 }, { closed: 1, refused: 0, seats: 192, files: 256 }]);
    expect(scheduler.pending).toBe(0);
  });
});

describe('the limit of files', () => {
  const line = (soft: string): string =>
    `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft}                 524288               files     \n`;

  test.each([
    ['1024', 1024],
    ['unlimited', Infinity],
  ])('%s', (soft, value) => expect(readLimit(line(soft))).toBe(value));

  test('is none where the text says nothing of it', () => expect(readLimit('')).toBe(Infinity));
});
