import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { toRoomcastError } from '../../src/errors.ts';
import { push } from '../../src/push/push.ts';
import { transcodeArguments } from '../../src/push/transcode.ts';
import { temporaryFolder } from '../output.ts';
import { runProgram } from '../programs.ts';
import { root, until } from '../servers.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { SocketPeer } from './rtmp/socket-peer.ts';

/** Names that mean something to a shell, to a program’s command line, or to ffmpeg. `CANARY` is a file that must not appear. */
const NAMES = [
  ';touch CANARY',
  '$(touch CANARY)',
  '`touch CANARY`',
  'a && touch CANARY',
  'a | touch CANARY',
  '|touch CANARY',
  'a\ntouch CANARY\n',
  "'; touch CANARY; '",
  '"; touch CANARY; "',
  '> CANARY',
  '-i',
  '-y CANARY',
  '--help',
  '-',
  'a b',
  ' a',
  '%d',
  '%s%n%x',
  'pipe:1',
  'pipe:',
  'file:CANARY',
  'concat:a|b',
  'subfile,,start,0,end,0,,:a',
  'tee:CANARY',
  'http://169.254.169.254/latest',
  '$HOME',
  '~',
  '*',
  '\\',
  "a'b",
  'a"b',
  '${IFS}',
  '&',
];
/** Where a canary would appear. */
const places = [process.cwd(), root, '/tmp'];
const canaries = (name: string, more: readonly string[] = []): string[] =>
  [...places, ...more].map((folder) => join(folder, name)).filter((file) => existsSync(file));

/** The programs that this process starts until the test ends. */
function startedPrograms(): string[] {
  const started: string[] = [];
  const note = (message: unknown): void => {
    const { spawnfile, spawnargs } = (message as { process: { spawnfile?: string; spawnargs?: string[] } }).process;
    started.push([spawnfile, ...(spawnargs ?? [])].join(' '));
  };
  subscribe('child_process', note);
  onTestFinished(() => void unsubscribe('child_process', note));
  return started;
}

async function refuse(server: TestServer, name: string): Promise<void> {
  const { port } = server.server.rtmp;
  for (const [app, stream] of [
    ['live', name],
    [name, 'lobby'],
    ['live', `lobby?key=${name}`],
  ]) {
    for (const action of ['publish', 'play']) {
      if (action === 'play' && stream?.startsWith('lobby?')) continue;
      const peer = await SocketPeer.connected(port, { app: app!, tcUrl: `rtmp://h/${app}` });
      peer.say('createStream', 2, null);
      peer.say(action, 3, null, stream!);
      await until('it is refused', () => peer.talk.codes.some((code) => String(code).startsWith('NetStream.P')));
      expect(String(peer.talk.codes.at(-1)), `${action} ${app}/${stream}`).toMatch(/Denied|BadName|NotFound|Failed/);
      peer.socket.destroy();
    }
  }
  const part = encodeURIComponent(name);
  const headers = { Authorization: `Bearer ${server.bearer}` };
  for (const path of [`/live/${part}.flv`, `/${part}`, `/api/v1/rooms/${part}`, `/api/v1/streams/live/${part}`]) {
    const { status } = await server.call('GET', path, { headers });
    expect([400, 404], path).toContain(status);
  }
  const link = await server.call('POST', '/api/v1/link', { headers, body: { slug: name } });
  expect([400, 404], `link to ${name}`).toContain(link.status);
}

describe('S-12 names never become commands', () => {
  test('of streams, rooms and keys: all are refused, and no program is started', { timeout: 60_000 }, async () => {
    const server = await startTestServer({ limits: { callsPerAddress: 0 } });
    onTestFinished(() => server.close());
    const started = startedPrograms();
    await runProgram(process.execPath, ['--version'], { limitMs: 20_000 });
    expect(started.splice(0), 'what is started is seen').toHaveLength(1);
    for (const [index, name] of NAMES.entries()) await refuse(server, name.replaceAll('CANARY', `canary-s12-${index}`));
    expect(started).toEqual([]);
    for (const index of NAMES.keys()) expect(canaries(`canary-s12-${index}`, [server.folder])).toEqual([]);
  });

  test('of rooms in the configuration and of the default room: none but slugs are taken', async () => {
    for (const name of NAMES) {
      for (const options of [{ rooms: { [name]: {} } }, { defaultRoom: name }]) {
        const code = await startTestServer(options).then(
          async (server) => (await server.close(), 'started'),
          (error: unknown) => toRoomcastError(error).code,
        );
        expect(code, name).toBe('bad-config');
      }
    }
  });

  test('on the command line: they are names of rooms that there are not', { timeout: 60_000 }, async () => {
    const data = temporaryFolder();
    for (const name of ['$(touch canary-s12-cli)', ';touch canary-s12-cli', '`touch canary-s12-cli`', '-i', '%d']) {
      const args = [join(root, 'bin', 'roomcast.js'), 'key', '--data', data, '--', name];
      const { status, stdout } = await runProgram(process.execPath, args, { limitMs: 20_000, cwd: data });
      expect([1, 2], name).toContain(status);
      expect(stdout).toBe('');
    }
    expect(canaries('canary-s12-cli', [data])).toEqual([]);
  });
});

describe('S-12 a file that is transcoded', () => {
  /** Names that a file may have. */
  const fileNames = NAMES.filter((name) => !name.includes('/')).map((name) =>
    name.replaceAll('CANARY', 'canary-s12-file'),
  );

  /** A program in place of ffmpeg that writes down what it was called with. */
  function recorder(folder: string): { ffmpeg: string; calls: () => string[][] } {
    const ffmpeg = join(folder, 'record arguments');
    const log = join(folder, 'calls');
    const script = `require('fs').appendFileSync(${JSON.stringify(log)}, JSON.stringify(process.argv.slice(2)) + '\\n')`;
    writeFileSync(ffmpeg, `#!${process.execPath}\n${script}\n`);
    chmodSync(ffmpeg, 0o755);
    const calls = (): string[][] =>
      readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as string[]);
    return { ffmpeg, calls };
  }

  test('is one argument, with its protocol and its whole path, whatever its name', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    const films = join(folder, 'films');
    mkdirSync(films);
    const { ffmpeg, calls } = recorder(folder);
    for (const name of fileNames) {
      const file = join(films, name);
      copyFileSync(join(root, 'assets', 'demo.flv'), file);
      const pushing = push(file, 'rtmp://127.0.0.1:9/live/x', { transcode: { ffmpeg } });
      const { code } = await pushing.done.then(
        () => ({ code: 'done' }),
        (error: unknown) => toRoomcastError(error),
      );
      expect(code, name).toBe('bad-request');
    }
    const told = calls();
    expect(told).toHaveLength(fileNames.length);
    for (const [index, args] of told.entries()) {
      expect(args).toEqual(transcodeArguments(join(films, fileNames[index]!), { loop: false }));
      expect(args.filter((arg) => arg === '-i')).toHaveLength(1);
      expect(args[args.indexOf('-i') + 1]).toBe(`file:${join(films, fileNames[index]!)}`);
    }
    expect(readdirSync(films).sort()).toEqual([...fileNames].sort());
    expect(canaries('canary-s12-file', [folder])).toEqual([]);
  });

  test('is looked for in the working folder, also where its name looks like an option', async () => {
    for (const name of ['-i', '--help', 'pipe:1', 'concat:a|b', 'http:x']) {
      const pushing = push(name, 'rtmp://127.0.0.1:9/live/x', { transcode: { ffmpeg: '/nowhere/ffmpeg' } });
      const error = await pushing.done.catch(toRoomcastError);
      expect([name, (error as { code?: string }).code]).toEqual([name, 'not-found']);
      expect((error as Error).message).toContain(resolve(name));
    }
  });
});
