/**
 * A program: many players of HLS, each with a connection for its lists and one for media, that take everything that is
 * listed. Of media they count the bytes; the first of them looks for the times at which pictures were published.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type MediaList, isAfter, type Piece } from './hls-list.ts';
import { type HlsMode, HlsPlayer } from './hls-player.ts';
import { pathOf } from './request.ts';
import { clock, firstStamp } from './stamp.ts';

export interface HlsViewersOptions {
  port: number;
  /** `live/bench`, or what the paths of several streams begin with. */
  path: string;
  streams: number;
  mode: HlsMode;
  count: number;
  /** New viewers a second. */
  rate: number;
}

/** Said once every viewer has its first media, or has had time enough. */
export interface HlsViewersOpened {
  playing: number;
  lost: number;
}

/** Answer to a mark: what happened since the one before. Times in ms. */
export interface HlsMark {
  /** Bytes of media, of all viewers. */
  bytes: number;
  /** Media playlists, and segments or parts, that were answered. */
  lists: number;
  pieces: number;
  /**
   * Low latency: from when a part was ready, which is when the first picture of the next one was published, to when a
   * viewer had the last byte of the list with it; for every viewer and part. Otherwise, from asking for a list to having it.
   */
  release: number[];
  /** Low latency: from the first viewer having a list to each having it. Otherwise none. */
  spread: number[];
  /** From asking for a segment or part to having it. */
  media: number[];
  /** Pieces that left the list before a viewer had them. */
  missed: number;
  /** Viewers that gave up since the start, because of an answer that was no success or an end of their connection. */
  lost: number;
  /** What was answered to those. */
  reasons: string[];
}

/** Players without low latency begin so many segments before the end (RFC 8216, 6.3.3). */
const BEHIND = 3;
const OPEN_MS = 40_000;
/** A part and a bit, until what follows the newest part is there. */
const AFTER_MS = 1000;

const options = JSON.parse(process.argv[2]!) as HlsViewersOptions;
const { mode, count } = options;
/** Of parts, by their names, when the first picture was published; in the order in which they came. */
const published = new Map<string, number>();
/** Lists that came with a part as the last one: when, monotonic µs. */
let released: { part: string; at: number }[] = [];
let fresh = emptyCounts();
let playing = 0;
let lost = 0;
const reasons = new Set<string>();

process.on('message', () => void mark().then((answer) => process.send!(answer)));
process.on('disconnect', () => process.exit());
void open();

async function open(): Promise<void> {
  const until = performance.now() + OPEN_MS;
  for (let index = 0; index < count; index++) {
    void view(index);
    if (index % 10 === 9) await sleep(10_000 / options.rate);
  }
  while (someAreComing() && performance.now() < until) await sleep(50);
  const said: HlsViewersOpened = { playing, lost };
  process.send!(said);
}

function someAreComing(): boolean {
  return playing + lost < count;
}

async function view(index: number): Promise<void> {
  const player = new HlsPlayer({ port: options.port, path: pathOf(options, index), mode }, String(index));
  try {
    await player.open();
    await (mode === 'low' ? playParts(player, index === 0) : playSegments(player));
  } catch (error) {
    lost++;
    reasons.add(error instanceof Error ? error.message : String(error));
    player.close();
  }
}

/** As a player with low latency: the next list is asked for as soon as there is one, and held until it has a new part. */
async function playParts(player: HlsPlayer, first: boolean): Promise<void> {
  let { list } = await player.list();
  const queue = list.parts.slice(list.parts.findLastIndex(({ independent }) => independent));
  const begin = queue.at(-1);
  if (!begin) throw new Error('The list has no parts.');
  let taken: Piece = begin;
  let failure: unknown;
  let fetching = takeAll(player, queue, first);
  playing++;
  for (;;) {
    const wanted = list.next;
    const answer = await player.list(wanted);
    list = answer.list;
    fresh.lists++;
    if (failure !== undefined) throw failure;
    const before: Piece = taken;
    const news = list.parts.filter((part) => isAfter(part, before));
    const newest = news.at(-1);
    if (!newest) continue;
    // A list that has more than was asked for came late to be asked, not late to be answered.
    if (news.length === 1) released.push({ part: nameOf(newest), at: answer.at });
    taken = newest;
    fetching = fetching.then(() => takeAll(player, news, first));
    fetching.catch((error: unknown) => (failure = error));
  }
}

/** As one without: the list is read anew once in a target duration, or after half of it where it has not changed. */
async function playSegments(player: HlsPlayer): Promise<void> {
  let taken: Piece | undefined;
  for (;;) {
    const start = clock();
    const before = taken;
    const { list, at } = await player.list();
    fresh.lists++;
    fresh.release.push((at - start) / 1000);
    const news = before ? list.segments.filter((segment) => isAfter(segment, before)) : list.segments.slice(-BEHIND);
    if (before && news[0]) fresh.missed += news[0].sequence - before.sequence - 1;
    if (!before && news.length > 0) playing++;
    taken = news.at(-1) ?? taken;
    await takeAll(player, news, false);
    await sleep(Math.max(0, waitOf(list, news.length > 0) - (clock() - start) / 1000));
  }
}

function waitOf({ target }: MediaList, changed: boolean): number {
  return (changed ? target : target / 2) * 1000;
}

async function takeAll(player: HlsPlayer, pieces: readonly Piece[], looks: boolean): Promise<void> {
  for (const piece of pieces) {
    const start = clock();
    const { body, size, at } = await player.fetch(piece.uri, looks);
    fresh.bytes += size;
    fresh.pieces++;
    fresh.media.push((at - start) / 1000);
    const stamp = looks ? firstStamp(body) : undefined;
    if (stamp !== undefined) published.set(nameOf(piece), stamp);
  }
}

function nameOf({ sequence, part }: Piece): string {
  return `${sequence}.${part}`;
}

/** The parts behind the newest ones are waited for: they say when those were ready. */
async function mark(): Promise<HlsMark> {
  const counted = { ...fresh, lost, reasons: [...reasons] };
  const came = released;
  fresh = emptyCounts();
  released = [];
  if (mode !== 'low') return counted;
  await sleep(AFTER_MS);
  const parts = [...published.keys()];
  const ready = new Map(parts.map((part, index) => [part, published.get(parts[index + 1] ?? '')]));
  const earliest = new Map<string, number>();
  for (const { part, at } of came) earliest.set(part, Math.min(at, earliest.get(part) ?? at));
  const known = came.filter(({ part }) => ready.get(part) !== undefined);
  return {
    ...counted,
    release: known.map(({ part, at }) => (at - ready.get(part)!) / 1000),
    spread: known.map(({ part, at }) => (at - earliest.get(part)!) / 1000),
  };
}

function emptyCounts(): Omit<HlsMark, 'lost' | 'reasons'> {
  return { bytes: 0, lists: 0, pieces: 0, release: [], spread: [], media: [], missed: 0 };
}
