import { Busy } from '../../errors.ts';
import type { Beacon, Qoe, QualityReport } from '../../client/messages.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import { believable, FIRST_SPAN } from './beacon.ts';
import { boardOf, type Boards, QualityBoard } from './quality-board.ts';
import { percentiles } from './sample.ts';
import { MINUTE, ViewerQuality } from './viewer-quality.ts';

/** Who speaks more often than this is not heard. */
export const LEAST_APART: number = SECOND;
/** Viewers of one address that have a voice: who opens many pages does not move a median far. */
export const VOICES = 8;
/** Viewers whose words are kept at once; a percentile of so many needs no more. */
const MAX_VIEWERS = 10_000;
/** Addresses whose voices of before are counted; at this many a broadcast has enough of them. */
const MAX_ADDRESSES = 50_000;

/** How well a room's stream plays, as its viewers tell. */
export class RoomQuality {
  readonly #viewers = new Map<object, ViewerQuality>();
  /** Voices of those who are here, and of those who are gone. */
  readonly #here = new Map<string, number>();
  #gone = new Map<string, number>();
  #before: Boards = new Map();

  /** A new broadcast: what was is forgotten. */
  begin(): void {
    this.#viewers.clear();
    this.#here.clear();
    this.#gone = new Map();
    this.#before = new Map();
  }

  /** Gives what of it can be true. Throws `too-many-requests` for who speaks too often. */
  say(peer: object, address: string, beacon: Beacon, now: number): Beacon {
    const known = this.#viewers.get(peer);
    const span = known ? now - known.saidAt : FIRST_SPAN * MILLISECOND;
    if (span < LEAST_APART) throw new Busy('Beacons are heard once a second at most.', 1, 'too-many-requests');
    const said = believable(beacon, span);
    (known ?? this.#enter(peer, address, said, now))?.say(said, now);
    return said;
  }

  /** Somebody is gone: what they told stays. */
  leave(peer: object): void {
    const viewer = this.#viewers.get(peer);
    if (!viewer) return;
    this.#viewers.delete(peer);
    const { address } = viewer;
    const here = this.#here.get(address)! - 1;
    if (here > 0) this.#here.set(address, here);
    else this.#here.delete(address);
    const gone = this.#gone.get(address) ?? 0;
    if (gone >= VOICES || (gone === 0 && this.#gone.size >= MAX_ADDRESSES)) return;
    this.#gone.set(address, gone + 1);
    boardOf(this.#before, viewer.path).add(viewer, viewer.sums);
  }

  /** Those who told something. */
  get peers(): Iterable<object> {
    return this.#viewers.keys();
  }

  /** Seconds that the viewer in the middle is behind the camera now. */
  latency(now: number): number | undefined {
    const values: number[] = [];
    for (const { latency, playing, saidAt } of this.#viewers.values())
      if (playing && latency !== undefined && now - saidAt < MINUTE) values.push(latency);
    return percentiles(values)?.p50;
  }

  /** Pictures that players told to have dropped since the last call. */
  takeDropped(): number {
    let dropped = 0;
    for (const viewer of this.#viewers.values()) dropped += viewer.takeDropped();
    return dropped;
  }

  read(now: number): Qoe {
    const minute: Boards = new Map();
    const here: Boards = new Map();
    for (const viewer of this.#viewers.values()) {
      boardOf(here, viewer.path).add(viewer, viewer.sums);
      if (now - viewer.saidAt >= MINUTE) continue;
      const start = viewer.isNew(now) ? viewer.start : undefined;
      const latency = viewer.playing ? viewer.latency : undefined;
      boardOf(minute, viewer.path).add({ start, latency }, viewer.lately(now));
    }
    const all: Boards = new Map(here);
    for (const [path, board] of this.#before) all.set(path, board.with(here.get(path) ?? new QualityBoard()));
    return { minute: reportOf(minute), broadcast: reportOf(all) };
  }

  #enter(peer: object, address: string, { path }: Beacon, now: number): ViewerQuality | undefined {
    const here = this.#here.get(address) ?? 0;
    if (here >= VOICES || this.#viewers.size >= MAX_VIEWERS) return undefined;
    this.#here.set(address, here + 1);
    const viewer = new ViewerQuality(address, path, now);
    this.#viewers.set(peer, viewer);
    return viewer;
  }
}

function reportOf(boards: Boards): QualityReport {
  let all = new QualityBoard();
  for (const board of boards.values()) all = all.with(board);
  return {
    all: all.read(),
    paths: Object.fromEntries([...boards].map(([path, board]) => [path, board.read()])),
  };
}
