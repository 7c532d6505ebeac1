import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Set in the environment of the process that runs inside the private network. */
const INSIDE = 'BENCH_INSIDE';
/** Everything but the server under test runs here. */
export const LOAD_CPU = 1;
/** The server under test has this one for itself. */
export const SERVER_CPU = 0;

/**
 * Loopback routes with cubic: servers differ in nothing but themselves, where a machine's default may pace each socket
 * with timers of its own.
 */
const SET_UP = `ip link set lo up
for net in 127.0.0.0/8 127.0.0.1; do
  ip route replace local $net dev lo proto kernel scope host src 127.0.0.1 congctl cubic table local
done
exec "$@"`;

/** True when this process is pinned and, unless told otherwise, in a network of its own. */
export function isInside(): boolean {
  return process.env[INSIDE] !== undefined;
}

/** What the measurements ran on: `private, cubic` or `host, bbr`. */
export function networkName(): string {
  if (process.env[INSIDE] === 'private') return 'private loopback, cubic';
  const control = readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim();
  return `the machine's loopback, ${control}`;
}

/** Runs this program again, pinned and in a private network where that is allowed. Returns its status. */
export function runInside(hostNetwork: boolean): number {
  const self = ['taskset', '-c', String(LOAD_CPU), process.execPath, ...process.argv.slice(1)];
  const mayUnshare = !hostNetwork && spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
  const command = mayUnshare ? ['unshare', '-n', '--', 'sh', '-c', SET_UP, 'sh', ...self] : self;
  const env = { ...process.env, [INSIDE]: mayUnshare ? 'private' : 'host' };
  const { status, error } = spawnSync(command[0]!, command.slice(1), { stdio: 'inherit', env });
  if (error) throw error;
  return status ?? 1;
}
