import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { program, runProgram, testWith } from '../programs.ts';
import { publish } from '../publish.ts';
import { RoomViewer } from '../room-viewer.ts';
import { root, startServer, until } from '../servers.ts';

/** What ffprobe finds in bytes that it is handed. */
async function probe(film: Buffer): Promise<{ codec_name: string; nb_read_packets: string }[]> {
  const args = [
    '-v',
    'error',
    '-count_packets',
    '-show_entries',
    'stream=codec_name,nb_read_packets',
    '-of',
    'json',
    '-',
  ];
  const { status, stdout, stderr } = await runProgram(program('ffprobe'), args, { limitMs: 30_000, input: film });
  expect([status, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout) as { streams: { codec_name: string; nb_read_packets: string }[] }).streams;
}

testWith(
  ['ffmpeg', 'ffprobe'],
  'what ffmpeg publishes comes over the room’s socket, byte by byte as over HTTP, and ffprobe reads it',
  { timeout: 60_000 },
  async () => {
    const { server, http, rtmp } = await startServer({ grace: 0 });
    const viewers = new Map<string, RoomViewer>();
    const bodies = new Map<string, Promise<Buffer>>();
    for (const format of ['flv', 'mp4']) {
      const viewer = await RoomViewer.enter(server.http.port);
      await viewer.ask('media', { format });
      viewers.set(format, viewer);
      const answer = await fetch(`${http}/live/lobby.${format}`);
      bodies.set(
        format,
        answer.arrayBuffer().then((bytes) => Buffer.from(bytes)),
      );
    }
    await publish('plain', `${rtmp}/live/lobby`);
    for (const [format, viewer] of viewers) {
      const body = await bodies.get(format)!;
      await until('all has come', () => viewer.bytes >= body.length);
      expect(viewer.films.length).toBe(1);
      expect(viewer.film.equals(body)).toBe(true);
      const streams = await probe(viewer.film);
      expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(['aac', 'h264']);
      for (const { nb_read_packets } of streams) expect(Number(nb_read_packets)).toBeGreaterThan(50);
      expect(viewer.closed).toBeUndefined();
    }
  },
);

test('the guide’s line for wscat says and hears what it tells', { timeout: 30_000 }, async () => {
  const { ws } = await startServer();
  const guide = readFileSync(join(root, 'docs', 'socket.md'), 'utf8');
  const line = /^npx wscat (.*)$/m.exec(guide)![1]!;
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  const args = words.map((word) => word.replace('ws://127.0.0.1:8080', ws));
  const wscat = spawn(process.execPath, [join(root, 'node_modules', 'wscat', 'bin', 'wscat'), ...args]);
  onTestFinished(() => void wscat.kill());
  let told = '';
  wscat.stdout.on('data', (text: Buffer) => (told += text.toString()));
  await once(wscat, 'exit');
  const messages = told
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  for (const type of ['hello', 'stream', 'presence', 'chat'])
    expect(messages.some((message) => message['type'] === type)).toBe(true);
  const answers = messages.filter(({ id }) => id !== undefined);
  expect(answers.map(({ id, type }) => [id, type])).toEqual(
    [1, 2, 3, 4, 5].map((id) => [id, id === 5 ? 'error' : 'ok']),
  );
});
