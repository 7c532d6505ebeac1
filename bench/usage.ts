import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all that it started have used. */
export interface Usage {
  /** CPU time in µs. */
  cpu: number;
  /** Resident memory in bytes. */
  memory: number;
  /** Open files and sockets. */
  files: number;
}

/** Sums over every process of the session that `leader` leads. */
export function usageOf(leader: number): Usage {
  const usage = { cpu: 0, memory: 0, files: 0 };
  for (const pid of sessionOf(leader)) {
    try {
      for (const task of readdirSync(`/proc/${pid}/task`)) usage.cpu += runTime(`/proc/${pid}/task/${task}/schedstat`);
      usage.memory += memoryOf(pid);
      usage.files += readdirSync(`/proc/${pid}/fd`).length;
    } catch {
      // It ended between two reads.
    }
  }
  return usage;
}

/** Processes whose session is led by `leader`. */
export function sessionOf(leader: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)[3] === String(leader));
}

/** The fields of /proc/PID/stat after the program's name: state, parent, group, session, … */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** The first field of schedstat is the time on a CPU in ns, exact where clock ticks are not. */
function runTime(path: string): number {
  return Number(readFileSync(path, 'utf8').split(' ')[0]) / 1000;
}

function memoryOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? 0) * 1024;
}
