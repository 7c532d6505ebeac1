import { type Delay, delayOf } from './fanout.ts';
import type { HlsMode } from './load/hls-player.ts';
import type { HlsMark, HlsViewersOpened } from './load/hls-viewers.ts';
import { loadProgram, sleep } from './program.ts';
import { PATH, publish, scene } from './scene.ts';
import { mean } from './statistics.ts';
import type { StartSubject } from './subject.ts';
import { usageOf } from './usage.ts';
import { watch, type WindowLoad } from './window.ts';

export interface HlsOptions {
  start: StartSubject;
  mode: HlsMode;
  viewers: number;
  seconds: number;
  clip: string;
  profile: string | undefined;
}

/** What one run of many viewers of HLS gave. Times in ms. */
export interface HlsResult extends WindowLoad {
  mode: HlsMode;
  viewers: number;
  seconds: number;
  /** CPU of the server in µs per viewer and second. */
  hlsPerViewer: number;
  /** Of all viewers, a second. */
  requests: number;
  /** Bytes of media that arrived at the mean viewer, as a part of those published; a window cuts segments and parts. */
  delivered: number;
  /** Low latency: from a part being ready to the list with it being at a viewer. Otherwise: from asking to having the list. */
  release: Delay;
  /** Low latency: from the first viewer having a list to each having it. */
  spread?: Delay;
  /** From asking for a segment or part to having it. */
  media: Delay;
  /** Segments that left the list before a viewer had them. */
  missed: number;
  /** Viewers that were refused or closed, and what they were told. */
  lost: number;
  reasons: string[];
  /** Resident memory in bytes: with a publisher and nobody else, and with everybody. */
  memory: { before: number; full: number };
}

/** Each viewer begins with several requests and, without low latency, with three segments. */
const CONNECTS_PER_SECOND = 200;
/** Viewers have caught up with the stream. */
const SETTLE_MS = 4000;
/** Before the first list of whole segments, so that it has a few. */
const AHEAD_MS = 6000;

/** Measures one server with many viewers of HLS. */
export function hls(options: HlsOptions): Promise<HlsResult> {
  return scene(options, async (stage) => {
    const { mode, viewers: count, seconds, clip } = options;
    const { subject, run } = stage;
    const source = await publish(stage, clip);
    const before = usageOf(subject.program.pid).memory;
    const target = { port: subject.playPort('http-flv'), path: PATH, streams: 1, mode };
    const first = run(loadProgram('./load/hls-viewers.ts', { ...target, count: 1, rate: 1 }));
    await first.answer();
    if (mode !== 'low') await sleep(AHEAD_MS);
    await first.stop();
    const viewers = run(loadProgram('./load/hls-viewers.ts', { ...target, count, rate: CONNECTS_PER_SECOND }));
    const { playing } = await viewers.answer<HlsViewersOpened>();
    if (playing === 0) throw new Error('No viewer of HLS got any media.');
    await sleep(SETTLE_MS);
    const window = await watch<HlsMark>({ subject, source, load: viewers, ms: seconds * 1000 - 500 });
    const { took, cpu, mark, sent } = window;
    return {
      mode,
      viewers: count,
      seconds: took,
      hlsPerViewer: cpu / took / count,
      ...window.load,
      requests: (mark.lists + mark.pieces) / took,
      delivered: mark.bytes / count / mean(sent.map(({ bytes }) => bytes)),
      release: delayOf(mark.release),
      ...(mark.spread.length > 0 && { spread: delayOf(mark.spread) }),
      media: delayOf(mark.media),
      missed: mark.missed,
      lost: Math.max(count - playing, mark.lost),
      reasons: mark.reasons,
      memory: { before, full: window.memory },
    };
  });
}
