import { readFileSync } from 'node:fs';

/** How many files and sockets this process may have open; Infinity where the system does not say so. */
export function descriptorLimit(): number {
  try {
    return readLimit(readFileSync('/proc/self/limits', 'latin1'));
  } catch {
    return Infinity;
  }
}

/** The soft limit in the text of `/proc/PID/limits` (proc_pid_limits(5)); Infinity for `unlimited` and what is unreadable. */
export function readLimit(text: string): number {
  const [, limit] = /^Max open files +(\d+)/m.exec(text) ?? [];
  return limit === undefined ? Infinity : Number(limit);
}
