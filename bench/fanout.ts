import type { PaceMark, Sent } from './load/pace.ts';
import type { Protocol } from './load/request.ts';
import { clock } from './load/stamp.ts';
import { TAG_FRAMING } from './load/tag.ts';
import type { ViewersMark } from './load/viewers.ts';
import { type CpuTicks, cpuTicks, shareOf } from './machine.ts';
import { LOAD_CPU, SERVER_CPU } from './network.ts';
import { loadProgram, type Program, sleep } from './program.ts';
import { PATH, publish, scene, type Stage } from './scene.ts';
import { mean, percentile } from './statistics.ts';
import type { StartSubject } from './subject.ts';
import { usageOf } from './usage.ts';

export interface FanoutOptions {
  start: StartSubject;
  protocol: Protocol;
  viewers: number;
  /** Published beside one another; the viewers are spread over them. */
  streams: number;
  seconds: number;
  clip: string;
  profile: string | undefined;
}

/** What one run of many viewers gave. */
export interface FanoutResult {
  viewers: number;
  seconds: number;
  /** CPU of the server in µs per viewer and second. */
  cpuPerViewer: number;
  /** Share of one core that the server used. */
  serverLoad: number;
  /** Share of the other core that was busy: publisher, viewers and whatever else runs on the machine. */
  generatorLoad: number;
  /** Share of the server's core that other programs used. */
  others: number;
  /** Share of the server's core that the host gave to other guests. */
  stolen: number;
  /** Bytes that arrived, as a part of those published: the mean viewer and the worst. */
  delivered: { mean: number; worst: number };
  /** Viewers below 99 %, beyond what the edges of the window explain. */
  below: number;
  /** Viewers that were refused or closed. */
  lost: number;
  /** The longest time in ms for which any viewer got nothing. */
  silence: number;
  /** How late in ms a frame was published at most: it says whether the load kept its pace. */
  late: number;
  /** ms from the publisher's write to the complete picture, for the viewer that came first and the one that came last. */
  delay: { first: Delay; last: Delay };
  /** Resident memory in bytes: with a publisher and nobody else, and with everybody. */
  memory: { before: number; full: number };
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
  const { protocol, viewers: count, streams, seconds } = options;
  const target = { protocol, port: subject.playPort(protocol), path: PATH, streams };
  const before = usageOf(subject.program.pid).memory;
  const probe = run(loadProgram('./load/probe.ts', target, { ahead: true }));
  await probe.answer();
  await probe.ask({ ask: 'join' });
  const viewers = run(loadProgram('./load/viewers.ts', { ...target, count, rate: CONNECTS_PER_SECOND }));
  await viewers.answer();
  await probe.ask({ ask: 'join' });
  await sleep(SETTLE_MS);

  const moment = async (): Promise<Moment> => {
    const { sent, late } = await source.ask<PaceMark>({ ask: 'mark' });
    const usage = usageOf(subject.program.pid);
    return {
      sent,
      late,
      usage,
      at: clock(),
      serverCpu: cpuTicks(SERVER_CPU),
      loadCpu: cpuTicks(LOAD_CPU),
      mark: await viewers.ask<ViewersMark>({ ask: 'mark' }),
    };
  };
  const start = await moment();
  await sleep(seconds * 1000 - 500);
  const end = await moment();
  const [first = [], last = []] = await probe.ask<number[][]>({ ask: 'report', from: start.at });

  const took = (end.at - start.at) / 1e6;
  const framing = protocol === 'rtmp' ? CHUNK_FRAMING : TAG_FRAMING;
  const expected = end.sent.map(({ bytes, frames }, stream) => {
    const earlier = start.sent[stream]!;
    return bytes - earlier.bytes + (frames - earlier.frames) * framing;
  });
  const shares = end.mark.bytes.map((bytes, viewer) => bytes / expected[viewer % streams]!);
  const cpu = end.usage.cpu - start.usage.cpu;
  return {
    viewers: count,
    seconds: took,
    cpuPerViewer: cpu / took / (count + 2),
    serverLoad: cpu / took / 1e6,
    generatorLoad: shareOf(start.loadCpu, end.loadCpu, 'busy'),
    others: Math.max(0, shareOf(start.serverCpu, end.serverCpu, 'busy') - cpu / took / 1e6),
    stolen: shareOf(start.serverCpu, end.serverCpu, 'stolen'),
    delivered: { mean: mean(shares), worst: Math.min(...shares) },
    below: shares.filter((share) => share < SERVED - EDGE_SECONDS / took).length,
    lost: end.mark.lost,
    silence: end.mark.silence,
    late: end.late,
    delay: { first: delayOf(first), last: delayOf(last) },
    memory: { before, full: end.usage.memory },
  };
}

interface Moment {
  sent: Sent[];
  late: number;
  usage: ReturnType<typeof usageOf>;
  at: number;
  serverCpu: CpuTicks;
  loadCpu: CpuTicks;
  mark: ViewersMark;
}

function delayOf(delays: readonly number[]): Delay {
  return { p50: percentile(delays, 0.5), p99: percentile(delays, 0.99), max: Math.max(...delays) };
}
