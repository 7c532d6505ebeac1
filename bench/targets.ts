import type { ChatResult } from './chat.ts';
import type { ContainersResult } from './containers.ts';
import { doubts } from './doubts.ts';
import type { FanoutResult } from './fanout.ts';
import type { HlsHeldResult } from './hls-held.ts';
import type { HlsPictureResult } from './hls-picture.ts';
import type { HlsResult } from './hls.ts';
import type { LoopResult } from './loop.ts';
import type { MemoryResult } from './memory.ts';
import type { OutputsResult } from './outputs.ts';
import type { PictureResult } from './picture.ts';
import type { Result } from './rows.ts';
import { BLOCKED_VIEWERS, CROWD, DELAY_VIEWERS, FULL_VIEWERS, HELD, PUBLISHERS } from './rows.ts';
import type { StartResult } from './start.ts';
import { median } from './statistics.ts';

/** Results of each row, one per run. */
export type Results = ReadonlyMap<string, readonly Result[]>;

export interface Verdict {
  /** What a note about it is filed under. */
  key: string;
  work: string;
  target: string;
  /** Undefined where a row is missing. */
  figure: string | undefined;
  /** Undefined where there is no figure, or no target. */
  met: boolean | undefined;
}

const MIB = 2 ** 20;
/** The viewer queue that a server has by default. */
const VIEWER_QUEUE = 4 * MIB;

/**
 * Seconds from connecting: the system's own buffers take what is sent for some 10 s, only then does the stall time of
 * 10 s begin.
 */
const CLOSED_AFTER = 25;

interface Target {
  key: string;
  work: string;
  unit: string;
  /** Undefined where it is only compared. */
  atMost: number | undefined;
  figure(results: Results): number | undefined;
  /** The fan-out rows that it is made of. */
  rows?: readonly string[];
  digits?: number;
}

const targets: readonly Target[] = [
  ratio('HTTP-FLV, window 100 ms', 1.3, 'flv-100', 'floor-100'),
  ratio('HTTP-FLV, window 100 ms', 0.6, 'flv-100', 'nginx-rtmp'),
  ratio('HTTP-FLV, flush per frame', 1.3, 'flv-frame', 'floor-frame'),
  delay('flush per frame', 10, 'delay-frame', 'first'),
  delay('flush per frame', 10, 'delay-frame', 'last'),
  delay('adaptive', 15, 'delay-auto', 'first'),
  delay('adaptive', 15, 'delay-auto', 'last'),
  ofChat('a message to all sockets, p99', { unit: 'ms', atMost: 300 }, ({ delay }) => delay.p99),
  ofChat('memory of a socket', { unit: 'KiB', atMost: 30 }, ({ perSocket }) => perSocket / 1024),
  ofChat('picture beside it, p99', { unit: 'ms', atMost: undefined }, ({ picture }) => picture.beside.p99),
  ofChat('picture before it, p99', { unit: 'ms', atMost: undefined }, ({ picture }) => picture.before.p99),
  ofChat('messages in one piece', { unit: '', atMost: undefined }, ({ together }) => together),
  ofChat('messages lost', { unit: '', atMost: 0 }, ({ missed, refused, lost }) => missed + refused + lost),
  ofChat('server', { unit: 'cores', atMost: undefined }, ({ cpu }) => cpu),
  ofLoop('lateness of the loop, p99.9', { unit: 'ms', atMost: 100 }, ({ lag }) => lag.p999),
  ofLoop('lateness of the loop, p99', { unit: 'ms', atMost: undefined }, ({ lag }) => lag.p99),
  ofLoop('longest pause for the collector', { unit: 'ms', atMost: undefined }, ({ gc }) => gc.max),
  ofLoop('datagrams dropped', { unit: '', atMost: 0 }, ({ dropped }) => dropped),
  ofLoop('viewers and sockets lost', { unit: '', atMost: 0 }, ({ lost }) => lost),
  {
    key: 'full-auto',
    work: `adaptive, ${FULL_VIEWERS} viewers on one core: viewers below 99 % of the rate, or lost`,
    unit: 'viewers',
    atMost: 0,
    figure: (results) => overFanouts(results, 'full-auto', ({ below, lost }) => below + lost),
    rows: ['full-auto'],
  },
  ratio('WS-FLV, window 100 ms', 1.25, 'ws-100', 'flv-100'),
  ratio('HTTP-TS, window 100 ms', 1.15, 'ts-100', 'flv-100'),
  ratio('HTTP-MP4, window 100 ms', 1.15, 'mp4-100', 'flv-100'),
  ratio('WS-MP4, window 100 ms', 1.25, 'ws-mp4-100', 'mp4-100'),
  ratio('HTTPS-FLV, window 100 ms', undefined, 'https-100', 'flv-100'),
  ratio('HTTPS-FLV over HTTP/2, window 100 ms', undefined, 'h2-100', 'flv-100'),
  ratio('WSS-FLV, window 100 ms', undefined, 'wss-100', 'ws-100'),
  ratio('HTTPS-FLV, AES-128-GCM', undefined, 'https-aes128', 'flv-100'),
  ratio('HTTPS-FLV, AES-256-GCM', undefined, 'https-aes256', 'flv-100'),
  ratio('HTTPS-FLV, ChaCha20', undefined, 'https-chacha', 'flv-100'),
  ofHls(`LL-HLS, ${BLOCKED_VIEWERS} viewers: from a part being ready to its list, p99`, 50, 'll-hls'),
  ofHls('HLS in MP4: from asking for a list to having it, p99', 50, 'hls'),
  ofHls('HLS in MPEG-TS: from asking for a list to having it, p99', 50, 'hls-ts'),
  {
    key: 'held',
    work: `memory, each of ${HELD} requests that wait, with its connection`,
    unit: 'KiB',
    atMost: 8,
    figure: (results) => heldKib(results, 'held'),
  },
  {
    key: 'held/held-floor',
    work: `the same, above what bare Node keeps`,
    unit: 'KiB',
    atMost: undefined,
    figure: (results) => {
      const [own, floor] = [heldKib(results, 'held'), heldKib(results, 'held-floor')];
      return own === undefined || floor === undefined ? undefined : own - floor;
    },
  },
  {
    key: 'held/released',
    work: `${HELD} requests that wait: gone after their connections closed`,
    unit: 'ms',
    atMost: 1000,
    figure: (results) => {
      const result = results.get('held')?.[0] as HlsHeldResult | undefined;
      return result && (result.releasedAfter ?? Number.POSITIVE_INFINITY);
    },
  },
  {
    key: 'outputs',
    work: 'memory of a stream of 2 Mbit/s with all outputs on',
    unit: 'MiB',
    atMost: undefined,
    figure: (results) => {
      const result = results.get('outputs')?.[0] as OutputsResult | undefined;
      return result && result.perStream / MIB;
    },
  },
  ofContainers('muxing', 'ts', 'mediabunny-ts'),
  ofContainers('muxing', 'mp4', 'mediabunny-mp4'),
  ofContainers('muxing', 'hls-mp4-parts', 'mediabunny-cmaf'),
  ofContainers('muxing', 'hls-ts-segments', 'mediabunny-ts'),
  ofContainers('demuxing', 'ts', 'mediabunny-ts'),
  ofContainers('demuxing', 'mp4', 'mediabunny-mp4'),
  ofContainers('demuxing', 'mp4-parts', 'mediabunny-mp4-parts'),
  ratio('RTMP play, window 100 ms', 0.7, 'rtmp-100', 'nginx-rtmp'),
  ratio(`${PUBLISHERS} publishers × 500 kbit/s, one viewer each`, 1.5, 'publishers', 'publishers-nginx'),
  ofMemory('idle', 120, MIB, 'MiB', ({ idle }) => idle),
  ofMemory('per viewer', 100, 1024, 'KiB', ({ perViewer }) => perViewer),
  ofMemory('per stalled viewer', VIEWER_QUEUE / 1024, 1024, 'KiB', ({ perStalled }) => perStalled),
  ofMemory(
    'stalled viewers closed',
    CLOSED_AFTER,
    1,
    's',
    ({ closedAfter }) => closedAfter ?? Number.POSITIVE_INFINITY,
  ),
  {
    key: 'picture',
    work: 'first picture, p95',
    unit: 'ms',
    atMost: 100,
    figure: (results) => (results.get('picture')?.[0] as PictureResult | undefined)?.p95,
  },
  ofHlsPicture('LL-HLS, somebody watches', 800, 'picture-ll-hls', 'p95'),
  ofHlsPicture('LL-HLS, nobody watched before', undefined, 'picture-ll-hls', 'coldP95'),
  ofHlsPicture('HLS, somebody watches', undefined, 'picture-hls', 'p95'),
  ofHlsPicture('HLS, nobody watched before', undefined, 'picture-hls', 'coldP95'),
  {
    key: 'start',
    work: '`npm start` to listening, best',
    unit: 'ms',
    atMost: 600,
    figure: (results) => (results.get('start')?.[0] as StartResult | undefined)?.best,
  },
];

/** What was aimed at beside what was measured. */
export function verdicts(results: Results): Verdict[] {
  return targets.map(({ key, work, unit, atMost, figure, rows = [], digits = 1 }) => {
    const value = figure(results);
    const doubt = rows.some((row) => isDoubtful(results, row)) ? ' (doubtful)' : '';
    return {
      key,
      work,
      target: atMost === undefined ? 'compared' : `≤ ${atMost} ${unit}`,
      figure: value === undefined ? undefined : `${value.toFixed(digits)} ${unit}${doubt}`,
      met: value === undefined || atMost === undefined ? undefined : value <= atMost,
    };
  });
}

/**
 * Each run gives one ratio; the median of them counts, because a machine's speed drifts between runs. Where no run of
 * both is to be trusted, the medians of each are divided.
 */
function ratio(work: string, atMost: number | undefined, row: string, by: string): Target {
  const figure = (results: Results): number | undefined => {
    const [own, other] = [trusted(results, row), trusted(results, by)];
    const pairs = [...own].flatMap(([run, { cpuPerViewer }]) => {
      const peer = other.get(run);
      return peer ? [cpuPerViewer / peer.cpuPerViewer] : [];
    });
    if (pairs.length > 0) return median(pairs);
    if (own.size === 0 || other.size === 0) return undefined;
    return medianOf(own, ({ cpuPerViewer }) => cpuPerViewer) / medianOf(other, ({ cpuPerViewer }) => cpuPerViewer);
  };
  return { key: `${row}/${by}`, work, unit: `× ${by}`, atMost, figure, rows: [row, by], digits: 2 };
}

function delay(window: string, atMost: number, row: string, which: 'first' | 'last'): Target {
  const work = `added delay p99, ${DELAY_VIEWERS} viewers, ${window}, ${which} viewer`;
  return {
    key: `${row}/${which}`,
    work,
    unit: 'ms',
    atMost,
    figure: (results) => overFanouts(results, row, (result) => result.delay[which].p99),
    rows: [row],
  };
}

function ofMemory(
  what: string,
  atMost: number,
  scale: number,
  unit: string,
  of: (result: MemoryResult) => number,
): Target {
  const figure = (results: Results): number | undefined => {
    const result = results.get('memory')?.[0] as MemoryResult | undefined;
    return result && of(result) / scale;
  };
  return { key: `memory/${what}`, work: `memory, ${what}`, unit, atMost, figure };
}

function ofHls(work: string, atMost: number, row: string): Target {
  const figure = (results: Results): number | undefined => {
    const all = (results.get(row) ?? []) as readonly HlsResult[];
    const sound = all.filter((result) => doubts(result).length === 0);
    const found = sound.length > 0 ? sound : all;
    return found.length > 0 ? median(found.map(({ release }) => release.p99)) : undefined;
  };
  return { key: row, work, unit: 'ms', atMost, figure, rows: [row] };
}

function ofHlsPicture(what: string, atMost: number | undefined, row: string, which: 'p95' | 'coldP95'): Target {
  const figure = (results: Results): number | undefined =>
    (results.get(row)?.[0] as HlsPictureResult | undefined)?.[which];
  return { key: `${row}/${which}`, work: `first picture of ${what}, p95`, unit: 'ms', atMost, figure };
}

function ofContainers(row: 'muxing' | 'demuxing', name: string, by: string): Target {
  const figure = (results: Results): number | undefined => {
    const { perFrame = {} } = (results.get(row)?.[0] ?? {}) as Partial<ContainersResult>;
    const [own, other] = [perFrame[name], perFrame[by]];
    return own === undefined || other === undefined ? undefined : own / other;
  };
  const work = `${row} a frame, ${name}`;
  return { key: `${row}/${name}`, work, unit: `× ${by}`, atMost: undefined, figure, digits: 2 };
}

function ofChat(
  work: string,
  { unit, atMost }: Pick<Target, 'unit' | 'atMost'>,
  of: (result: ChatResult) => number,
): Target {
  const figure = (results: Results): number | undefined => {
    const result = results.get('chat')?.[0] as ChatResult | undefined;
    return result && of(result);
  };
  const room = `${CROWD.sockets} sockets, ${CROWD.messages} messages/s`;
  return { key: `chat/${work}`, work: `${room}: ${work}`, unit, atMost, figure, digits: 1 };
}

function ofLoop(
  work: string,
  { unit, atMost }: Pick<Target, 'unit' | 'atMost'>,
  of: (result: LoopResult) => number,
): Target {
  const figure = (results: Results): number | undefined => {
    const result = results.get('loop')?.[0] as LoopResult | undefined;
    return result && of(result);
  };
  const load = `${DELAY_VIEWERS} viewers and ${CROWD.sockets} sockets that talk`;
  return { key: `loop/${work}`, work: `${load}: ${work}`, unit, atMost, figure };
}

function heldKib(results: Results, row: string): number | undefined {
  const result = results.get(row)?.[0] as HlsHeldResult | undefined;
  return result && result.perHeld / 1024;
}

function overFanouts(results: Results, row: string, of: (result: FanoutResult) => number): number | undefined {
  const found = trusted(results, row);
  return found.size > 0 ? medianOf(found, of) : undefined;
}

function medianOf(found: ReadonlyMap<number, FanoutResult>, of: (result: FanoutResult) => number): number {
  return median([...found.values()].map(of));
}

/** The runs of a row that nothing speaks against, by their number; all of them where there is none. */
function trusted(results: Results, row: string): ReadonlyMap<number, FanoutResult> {
  const all = [...((results.get(row) ?? []) as readonly FanoutResult[]).entries()];
  const sound = all.filter(([, result]) => doubts(result).length === 0);
  return new Map(sound.length > 0 ? sound : all);
}

/** True where each run of a row is doubtful. */
export function isDoubtful(results: Results, row: string): boolean {
  const all = (results.get(row) ?? []) as readonly FanoutResult[];
  return all.length > 0 && all.every((result) => doubts(result).length > 0);
}
