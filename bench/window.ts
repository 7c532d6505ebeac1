import type { PaceMark, Sent } from './load/pace.ts';
import { clock } from './load/stamp.ts';
import { type CpuTicks, cpuTicks, shareOf } from './machine.ts';
import { LOAD_CPU, SERVER_CPU } from './network.ts';
import { type Program, sleep } from './program.ts';
import type { Subject } from './subject.ts';
import { type Usage, usageOf } from './usage.ts';

/** How busy the two cores were, and whether the load kept its pace. */
export interface WindowLoad {
  /** Share of one core that the server used. */
  serverLoad: number;
  /** Share of the other core that was busy: publisher, viewers and whatever else runs on the machine. */
  generatorLoad: number;
  /** Share of the server's core that other programs used. */
  others: number;
  /** Share of the server's core that the host gave to other guests. */
  stolen: number;
  /** How late in ms a frame was published at most. */
  late: number;
}

/** What happened between two marks. `M`: the answer of the load to a mark, about the time since the one before. */
export interface Window<M> {
  /** Monotonic µs at which it began. */
  from: number;
  /** Seconds. */
  took: number;
  /** Of each stream, what was published. */
  sent: Sent[];
  mark: M;
  /** CPU of the server in µs. */
  cpu: number;
  /** Resident memory of the server at the end, in bytes. */
  memory: number;
  load: WindowLoad;
}

export interface WindowOptions {
  subject: Subject;
  source: Program;
  load: Program;
  ms: number;
}

interface Moment<M> {
  sent: Sent[];
  late: number;
  usage: Usage;
  at: number;
  serverCpu: CpuTicks;
  loadCpu: CpuTicks;
  mark: M;
}

/** Watches server and load for a while. It begins and ends halfway between two key frames. */
export async function watch<M>({ subject, source, load, ms }: WindowOptions): Promise<Window<M>> {
  const moment = async (): Promise<Moment<M>> => {
    const { sent, late } = await source.ask<PaceMark>({ ask: 'mark' });
    const usage = usageOf(subject.program.pid);
    return {
      sent,
      late,
      usage,
      at: clock(),
      serverCpu: cpuTicks(SERVER_CPU),
      loadCpu: cpuTicks(LOAD_CPU),
      mark: await load.ask<M>({ ask: 'mark' }),
    };
  };
  const start = await moment();
  await sleep(ms);
  const end = await moment();
  const took = (end.at - start.at) / 1e6;
  const cpu = end.usage.cpu - start.usage.cpu;
  const serverLoad = cpu / took / 1e6;
  return {
    from: start.at,
    took,
    sent: end.sent.map(({ bytes, frames }, stream) => {
      const earlier = start.sent[stream]!;
      return { bytes: bytes - earlier.bytes, frames: frames - earlier.frames };
    }),
    mark: end.mark,
    cpu,
    memory: end.usage.memory,
    load: {
      serverLoad,
      generatorLoad: shareOf(start.loadCpu, end.loadCpu, 'busy'),
      others: Math.max(0, shareOf(start.serverCpu, end.serverCpu, 'busy') - serverLoad),
      stolen: shareOf(start.serverCpu, end.serverCpu, 'stolen'),
      late: end.late,
    },
  };
}
