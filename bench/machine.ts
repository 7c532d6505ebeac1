import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, hostname, release, totalmem } from 'node:os';
import { networkName } from './network.ts';

/** What the figures were measured on. */
export interface Machine {
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
  const [first] = cpus();
  return {
    name: hostname().replaceAll(/[^A-Za-z0-9-]/g, '-'),
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.versions.node,
    nginx: version('nginx', ['-v']),
    ffmpeg: version('ffmpeg', ['-version']),
    network: networkName(),
  };
}

function version(program: string, args: string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? (/[\d]+\.[\w.]+/.exec(stdout + stderr)?.[0] ?? 'unknown') : 'not installed';
}

/** Jiffies that another guest of the host took from the server's CPU, and all of them; the share says how much to trust. */
export function stolen(cpu: number): { steal: number; all: number } {
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((row) => row.startsWith(`cpu${cpu} `));
  const fields = (line ?? '').split(/\s+/).slice(1, 9).map(Number);
  return { steal: fields[7] ?? 0, all: fields.reduce((sum, value) => sum + value, 0) };
}
