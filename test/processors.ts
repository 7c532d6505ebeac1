import { readdirSync, readFileSync } from 'node:fs';

/** /proc/stat counts in ticks of this length, ms (USER_HZ of proc(5)). */
const TICK = 10;
/** Of the numbers behind the name in a line of /proc/stat: what processes used, and what other guests were given. */
const [USED_END, STEAL] = [3, 7];
/** Of what stands behind the name in /proc/PID/stat: the parent, and the times of a process and its dead children. */
const [PARENT, TIMES, TIMES_END] = [1, 11, 15];

/** ms for which the main thread of a process was ready to run and had no processor; 0 where the system does not tell. */
export function waitedOf(pid: number): number {
  return Number(textOf(`/proc/${pid}/task/${pid}/schedstat`).split(' ')[1] ?? 0) / 1e6;
}

/** ms that the host has given to other guests so far, for each processor; empty where the system does not tell. */
export function stolen(): number[] {
  return linesOf(/^cpu\d/).map((numbers) => numbers[STEAL]! * TICK);
}

/** ms by which the processor that lost most has lost more than `before`. */
export function stolenSince(before: readonly number[]): number {
  return Math.max(0, ...stolen().map((ms, processor) => ms - (before[processor] ?? ms)));
}

/** What the processors have done so far, in ms of all of them together; all 0 where the system does not tell. */
export interface ProcessorTime {
  all: number;
  /** Given to other guests of the host. */
  stolen: number;
  /** Given to processes of this machine that neither are this one nor were started by it. */
  foreign: number;
}

export function processorTime(): ProcessorTime {
  const [numbers = []] = linesOf(/^cpu /);
  const ms = numbers.slice(0, STEAL + 1).map((ticks) => ticks * TICK);
  const all = ms.reduce((sum, each) => sum + each, 0);
  const used = ms.slice(0, USED_END).reduce((sum, each) => sum + each, 0);
  return { all, stolen: ms[STEAL] ?? 0, foreign: used - ownTime() };
}

/** ms of processor time of this process and of all that come from it. */
function ownTime(): number {
  const processes = new Map<number, { parent: number; ms: number }>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const fields = /.*\) (.*)/s
      .exec(textOf(`/proc/${name}/stat`))?.[1]
      ?.split(' ')
      .map(Number);
    if (!fields) continue;
    const ms = fields.slice(TIMES, TIMES_END).reduce((sum, ticks) => sum + ticks * TICK, 0);
    processes.set(Number(name), { parent: fields[PARENT]!, ms });
  }
  const isOwn = (pid: number): boolean => {
    if (pid === process.pid) return true;
    const parent = processes.get(pid)?.parent;
    return parent !== undefined && isOwn(parent);
  };
  return [...processes].reduce((sum, [pid, { ms }]) => (isOwn(pid) ? sum + ms : sum), 0);
}

/** The numbers of those lines of /proc/stat. */
function linesOf(name: RegExp): number[][] {
  const lines = textOf('/proc/stat').split('\n');
  return lines.filter((line) => name.test(line)).map((line) => line.split(/\s+/).slice(1).map(Number));
}

/** Empty where there is no such file, as for a process that is gone. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
