import { doubts } from './doubts.ts';
import type { PaceMark } from './load/pace.ts';
import { type CpuTicks, cpuTicks, shareOf } from './machine.ts';
import { SERVER_CPU } from './network.ts';
import { sleep } from './program.ts';
import { publish, scene } from './scene.ts';
import type { StartSubject } from './subject.ts';
import { usageOf } from './usage.ts';

export interface IngestOptions {
  start: StartSubject;
  clip: string;
  seconds: number;
}

/** What it costs to take in streams that nobody watches. */
export interface IngestResult {
  publishers: number;
  /** Mbit/s of all together. */
  rate: number;
  /** Messages a second of all together. */
  messages: number;
  /** CPU of the server in µs per Mbit. */
  cpuPerMbit: number;
  /** Share of one core that the server used. */
  serverLoad: number;
  /** Why it is not to be trusted. */
  doubts: string[];
}

const PUBLISHERS = 20;

/** Publishes one clip many times, and counts what the server does for it. */
export function ingest({ start, clip, seconds }: IngestOptions): Promise<IngestResult> {
  return scene({ start, clip, profile: undefined }, async (stage) => {
    const source = await publish(stage, clip, PUBLISHERS);
    const moment = async (): Promise<Moment> => {
      const { sent, late } = await source.ask<PaceMark>({ ask: 'mark' });
      const sum = (of: 'bytes' | 'frames'): number => sent.reduce((total, each) => total + each[of], 0);
      const { cpu } = usageOf(stage.subject.program.pid);
      return {
        bytes: sum('bytes'),
        frames: sum('frames'),
        late,
        cpu,
        at: performance.now(),
        ticks: cpuTicks(SERVER_CPU),
      };
    };
    const first = await moment();
    await sleep(seconds * 1000);
    const last = await moment();
    const took = (last.at - first.at) / 1000;
    const megabits = ((last.bytes - first.bytes) * 8) / 1e6;
    const cpu = last.cpu - first.cpu;
    const serverLoad = cpu / took / 1e6;
    return {
      publishers: PUBLISHERS,
      rate: megabits / took,
      messages: (last.frames - first.frames) / took,
      cpuPerMbit: cpu / megabits,
      serverLoad,
      doubts: doubts({
        generatorLoad: 0,
        others: Math.max(0, shareOf(first.ticks, last.ticks, 'busy') - serverLoad),
        stolen: shareOf(first.ticks, last.ticks, 'stolen'),
        late: last.late,
      }),
    };
  });
}

interface Moment {
  bytes: number;
  frames: number;
  late: number;
  /** µs */
  cpu: number;
  /** ms */
  at: number;
  ticks: CpuTicks;
}
