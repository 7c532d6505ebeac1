import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TestBrowser } from '../e2e/browser.ts';
import { RoomPage } from '../e2e/room-page.ts';
import { program, runProgram } from '../programs.ts';
import { freePort, root, until } from '../servers.ts';
import { InstalledPackage } from './installed.ts';

const browser = new TestBrowser();
const roomcast = new InstalledPackage();

/** Bytes of the tarball: the demo's film is two of four megabytes, and what the build has compressed of the page is one. */
const MOST = 4_500_000;

test('the tarball holds what runs, no sources and no tests, and is small', () => {
  const { files, size } = roomcast.packed;
  const names = files.map(({ path }) => path);
  const allowed =
    /^(?:bin|dist|web\/dist|assets|deploy|docs)\/|^scripts\/node-runtime\.js$|^(?:package\.json|LICENSE|[A-Z]+\.md)$/;
  expect(names.filter((name) => !allowed.test(name))).toEqual([]);
  expect(
    names.filter((name) => /(?<!\.d)\.ts$|\.svelte$|\.map$|\.test\.|cases\.|contract|virtual-/.test(name)),
  ).toEqual([]);
  for (const name of [
    'LICENSE',
    'README.md',
    'dist/cli.js',
    'dist/index.d.ts',
    'web/dist/index.html',
    'web/dist/licenses.txt',
    'assets/demo.flv',
  ])
    expect(names).toContain(name);
  expect(size).toBeLessThan(MOST);
});

test('the page brings the licence of all that is in it, and says what was changed', () => {
  const page = join(roomcast.project, 'node_modules', 'roomcast', 'web', 'dist');
  const text = readFileSync(join(page, 'licenses.txt'), 'utf8');
  const named = [...text.matchAll(/^={80}\n(\S+) \d\S*, (\S+)$/gm)].map(([, name, license]) => `${name}: ${license}`);
  expect(named).toEqual(
    expect.arrayContaining(['es6-promise: MIT', 'events: MIT', 'mpegts.js: Apache-2.0', 'svelte: MIT', 'uqr: MIT']),
  );
  expect(named).toContain('hls.js: Apache-2.0');
  expect(text).toMatch(/Apache License\s+Version 2\.0/);
  const mit = named.filter((each) => each.endsWith(': MIT'));
  expect(text.match(/Permission is hereby granted/g)?.length).toBe(mit.length);
  const scripts = readdirSync(join(page, 'assets')).map((name) => readFileSync(join(page, 'assets', name), 'utf8'));
  for (const library of [
    /^\/\*! mpegts\.js, .*\n \* Changed by roomcast/,
    /^\/\*! hls\.js, .*\n \* Changed by roomcast/,
  ]) {
    expect(scripts.filter((script) => library.test(script))).toHaveLength(1);
  }
});

test('npx roomcast --demo shows a picture: to a strict decoder and in a browser', { timeout: 60_000 }, async () => {
  const [http, rtmp] = [await freePort(), await freePort()];
  const server = roomcast.start(['--demo', '--http', `127.0.0.1:${http}`, '--rtmp', `127.0.0.1:${rtmp}`]);
  onTestFinished(async () => void (await server.stop()));
  const [, link] = await server.says(/^Open (\S+)$/m);
  expect(link).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${http}/lobby#owner=`));
  expect(existsSync(join(roomcast.project, 'data'))).toBe(true);

  const url = `http://127.0.0.1:${http}/live/lobby.flv`;
  const strict = ['-v', 'warning', '-xerror', '-err_detect', 'explode', '-i', url, '-t', '2', '-f', 'null', '-'];
  const decoder = await runProgram(program('ffmpeg'), ['-hide_banner', ...strict], { limitMs: 30_000 });
  expect(decoder).toMatchObject({ status: 0, stderr: '' });

  const owner = await RoomPage.open(await browser.profile(), link!);
  await owner.plays();
  await owner.button('End stream').waitFor();
  expect(await owner.faults.all()).toEqual([]);
  await owner.photograph('package-demo');

  // npx does not pass a signal on: the server has to notice by itself that it is gone.
  await server.stop('SIGTERM');
  const answers = (): Promise<boolean> =>
    fetch(url).then(
      () => true,
      () => false,
    );
  await until('nothing stays behind', async () => !(await answers()), 10_000);
});

const CONSUMER = `
import { createServer, type Frame, type Server, type Track } from 'roomcast';
import { codecs, SECOND } from 'roomcast/media';
import { FlvDemuxer, FlvMuxer } from 'roomcast/containers';
import { createClient } from 'roomcast/client';

const server: Server = await createServer({ data: './data-of-consumer', http: '127.0.0.1:0', rtmp: '127.0.0.1:0' });
const rooms = await createClient({ base: \`http://127.0.0.1:\${server.http.port}\` }).rooms();
const track: Track = { id: 1, kind: 'audio', codec: 'mp3', config: new Uint8Array() };
const frame: Frame = { track, dts: SECOND, pts: SECOND, key: true, data: new Uint8Array([1]) };
console.log(rooms.map(({ slug }) => slug).join(), Object.keys(codecs).length, typeof FlvDemuxer, typeof FlvMuxer, frame.dts);
// @ts-expect-error: types are there and say no
await createServer({ http: { nonsense: true } }).catch(({ code }) => console.log(code));
await server.close();
`;

test('a program imports it, with types', async () => {
  roomcast.write('consumer.ts', CONSUMER);
  roomcast.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: { strict: true, module: 'nodenext', target: 'es2024', noEmit: true, types: ['node'] },
      include: ['consumer.ts'],
    }),
  );
  await roomcast.run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']);
  const { stdout } = await roomcast.run(process.execPath, ['consumer.ts']);
  expect(stdout).toMatch(/^lobby \d+ function function 1000000\nbad-config\n$/);
});
