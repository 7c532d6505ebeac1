import { growthOf } from './growth.ts';
import { type Protocol, type Target, ways } from './load/request.ts';
import { TAG_FRAMING } from './load/tag.ts';
import type { ViewersMark, ViewersOpened } from './load/viewers.ts';
import { loadProgram, type Program, sleep } from './program.ts';
import { PATH, publish, scene, type Stage } from './scene.ts';
import { mean, percentile } from './statistics.ts';
import type { StartSubject } from './subject.ts';
import { usageOf } from './usage.ts';
import { watch, type WindowLoad } from './window.ts';

export interface FanoutOptions {
  start: StartSubject;
  protocol: Protocol;
  /** The only one that viewers offer, where they are secure; absent: the server's choice of all. */
  cipher?: string | undefined;
  viewers: number;
  /** Published beside one another; the viewers are spread over them. */
  streams: number;
  seconds: number;
  clip: string;
  profile: string | undefined;
}

/** What one run of many viewers gave. */
export interface FanoutResult extends WindowLoad {
  viewers: number;
  seconds: number;
  /** CPU of the server in µs per viewer and second. */
  cpuPerViewer: number;
  /** Bytes that arrived, as a part of those published: the mean viewer and the worst. */
  delivered: { mean: number; worst: number };
  /** Viewers below 99 %, beyond what the edges of the window explain. */
  below: number;
  /** Viewers that were refused or closed. */
  lost: number;
  /** The longest time in ms for which any viewer got nothing. */
  silence: number;
  /** ms from the publisher's write to the complete picture, for the viewer that came first and the one that came last. */
  delay: { first: Delay; last: Delay };
  /** Resident memory in bytes: with a publisher and nobody else, and with everybody. */
  memory: { before: number; full: number };
  /** Of TLS, where the viewers are secure. */
  cipher?: string;
}

export interface Delay {
  p50: number;
  p99: number;
  max: number;
}

/** A window begins and ends somewhere between two writes: this much of the stream may be missing or double. Seconds. */
const EDGE_SECONDS = 0.15;
/** Below this share of the bytes a viewer has not been served. */
const SERVED = 0.99;
/** The least that RTMP adds to a frame: a chunk header without stream id. */
const CHUNK_FRAMING = 8;
const CONNECTS_PER_SECOND = 500;
/** Each costs both sides a millisecond or two. */
const HANDSHAKES_PER_SECOND = 150;
/** After the last viewer came, caches fill and buffers find their size. */
const SETTLE_MS = 2500;

/** Measures one server with one load. */
export function fanout(options: FanoutOptions): Promise<FanoutResult> {
  return scene(options, async (stage) => {
    const source = await publish(stage, options.clip, options.streams);
    return measure({ ...stage, options, source });
  });
}

interface Measuring extends Stage {
  options: FanoutOptions;
  source: Program;
}

async function measure({ options, subject, source, run }: Measuring): Promise<FanoutResult> {
  const { protocol, cipher, viewers: count, streams, seconds } = options;
  const port = subject.playPort(protocol);
  const target: Target = { protocol, port, path: PATH, streams, ...(cipher !== undefined && { cipher }) };
  const before = usageOf(subject.program.pid).memory;
  const probe = run(loadProgram('./load/probe.ts', target, { ahead: true }));
  await probe.answer();
  await probe.ask({ ask: 'join' });
  const rate = ways[protocol].secure ? HANDSHAKES_PER_SECOND : CONNECTS_PER_SECOND;
  const viewers = run(loadProgram('./load/viewers.ts', { ...target, count, rate }));
  const opened = await viewers.answer<ViewersOpened>();
  await probe.ask({ ask: 'join' });
  await sleep(SETTLE_MS);

  const window = await watch<ViewersMark>({ subject, source, load: viewers, ms: seconds * 1000 - 500 });
  const [first = [], last = []] = await probe.ask<number[][]>({ ask: 'report', from: window.from });

  const { took, cpu, mark } = window;
  const { over, container } = ways[protocol];
  const framing = over === 'rtmp' ? CHUNK_FRAMING : TAG_FRAMING;
  const growth = growthOf(options.clip, container);
  const expected = window.sent.map(({ bytes, frames }) => (bytes + frames * framing) * growth);
  const shares = mark.bytes.map((bytes, viewer) => bytes / expected[viewer % streams]!);
  return {
    viewers: count,
    seconds: took,
    cpuPerViewer: cpu / took / (count + 2),
    ...window.load,
    delivered: { mean: mean(shares), worst: Math.min(...shares) },
    below: shares.filter((share) => share < SERVED - EDGE_SECONDS / took).length,
    lost: mark.lost,
    silence: mark.silence,
    delay: { first: delayOf(first), last: delayOf(last) },
    memory: { before, full: window.memory },
    ...(opened.cipher !== undefined && { cipher: opened.cipher }),
  };
}

/** Of values in ms. */
export function delayOf(delays: readonly number[]): Delay {
  return { p50: percentile(delays, 0.5), p99: percentile(delays, 0.99), max: Math.max(...delays) };
}
