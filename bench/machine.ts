import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { networkName } from './network.ts';

/** What the figures were measured on; nothing that names the machine itself. */
export interface Machine {
  /** Its processor as part of a file's name. */
  name: string;
  cpu: string;
  cores: number;
  memoryGiB: number;
  kernel: string;
  node: string;
  nginx: string;
  ffmpeg: string;
  network: string;
}

export function describeMachine(): Machine {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  const cores = cpus().length;
  return {
    name: `${slugOf(cpu)}-${cores}-cores`,
    cpu,
    cores,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release().split('.', 2).join('.'),
    node: process.versions.node,
    nginx: version('nginx', ['-v']),
    ffmpeg: version('ffmpeg', ['-version']),
    network: networkName(),
  };
}

function slugOf(cpu: string): string {
  const plain = cpu.replaceAll(/\((?:R|TM)\)|\b(?:CPU|Processor)\b|@/g, ' ').toLowerCase();
  return plain
    .split(/[^a-z0-9.]+/)
    .filter(Boolean)
    .join('-');
}

function version(program: string, args: string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? (/[\d]+\.[\w.]+/.exec(stdout + stderr)?.[0] ?? 'unknown') : 'not installed';
}

/** What a CPU did since the machine started, in clock ticks. */
export interface CpuTicks {
  busy: number;
  /** Given to another guest of the host. */
  stolen: number;
  all: number;
}

export function cpuTicks(cpu: number): CpuTicks {
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((row) => row.startsWith(`cpu${cpu} `));
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, stolen = 0] = (line ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = user + nice + system + irq + soft;
  return { busy, stolen, all: busy + stolen + idle + wait };
}

/** What part of the time between two readings a CPU was busy, or stolen. */
export function shareOf(start: CpuTicks, end: CpuTicks, of: 'busy' | 'stolen'): number {
  return (end[of] - start[of]) / Math.max(1, end.all - start.all);
}
