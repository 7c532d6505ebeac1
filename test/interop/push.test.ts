import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { probe } from '../../src/probe/probe.ts';
import { type Push, push, type PushOptions } from '../../src/push/push.ts';
import { temporaryFolder } from '../output.ts';
import { program, runProgram, testWith } from '../programs.ts';
import { startServer, until } from '../servers.ts';
import { compare } from './compare.ts';
import { long } from '../long.ts';
import { type Film, film } from './films.ts';
import { startNginx } from './nginx.ts';
import { complaintsOf, type Packet, readWithFfmpeg } from './packets.ts';
import { openStage } from './stage.ts';

/** So much of it has a second key frame. */
const SECONDS = long ? 10 : 3;

/** A film in another container, copied by ffmpeg. */
async function remuxed({ file }: Film, name: string, options: readonly string[] = []): Promise<Film> {
  const path = join(temporaryFolder(), name);
  const args = ['-v', 'error', '-i', file, '-c', 'copy', ...options, `file:${path}`];
  expect(complaintsOf(await runProgram(program('ffmpeg'), args, { limitMs: 30_000 }))).toBe('');
  const { packets } = await readWithFfmpeg(`file:${path}`);
  return { file: path, packets };
}

/** Gone after the test. */
function pushed(path: string, url: string, options: PushOptions = {}): Push {
  const pushing = push(path, url, options);
  onTestFinished(() => pushing.stop());
  pushing.done.catch(() => {});
  return pushing;
}

const containers: { name: string; options?: readonly string[] }[] = [
  { name: 'film.flv' },
  { name: 'film.mp4' },
  { name: 'fast start.mp4', options: ['-movflags', '+faststart'] },
  { name: 'fragments.mp4', options: ['-movflags', 'frag_keyframe+empty_moov'] },
  { name: 'film.mov' },
  { name: 'film.mkv' },
];

describe('a film with B-frames that is pushed', () => {
  let pushing: Promise<Map<string, Told>> | undefined;

  for (const { name } of containers) {
    testWith(['ffmpeg'], `as ${name} reaches ffmpeg with every packet and every time`, {}, async () => {
      const { sent, packets, complaints } = (await (pushing ??= pushAll())).get(name)!;
      expect(complaints).toBe('');
      judge(sent, packets);
    });
  }

  testWith(['ffmpeg', 'nginx'], 'reaches nginx-rtmp with every packet and every time', {}, async () => {
    const nginx = await startNginx((folder) => `record all; record_path ${folder};`);
    const sent = await remuxed(await film('b-frames', SECONDS), 'film.mp4');
    await pushed(sent.file, `${nginx.rtmp}/peer/film`).done;
    await nginx.left();
    const { packets } = await readWithFfmpeg(join(nginx.folder, 'film.flv'));
    judge(sent, packets);
  });
});

interface Told {
  sent: Film;
  packets: Packet[];
  complaints: string;
}

/** All of them at once, each on a path of its own. */
async function pushAll(): Promise<Map<string, Told>> {
  const { rtmp, http, server } = await startServer();
  const source = await film('b-frames', SECONDS);
  const told = await Promise.all(
    containers.map(async ({ name, options }, index): Promise<[string, Told]> => {
      const path = `live/film${index}`;
      const sent = await remuxed(source, name, options);
      const reading = readWithFfmpeg(`${http}/${path}.flv`);
      await until('ffmpeg waits', () => server.hub.viewers(path) === 1);
      await pushed(sent.file, `${rtmp}/${path}`).done;
      const { packets, complaints } = await reading;
      return [name, { sent, packets, complaints }];
    }),
  );
  return new Map(told);
}

/** Nothing is missing, and nothing was moved by more than FLV's milliseconds make. */
function judge(sent: Film, packets: readonly Packet[]): void {
  const { faults, pictures, sounds, offsetMs } = compare(sent.packets, packets);
  expect(faults).toEqual([]);
  expect(pictures).toBe(sent.packets.filter(({ kind }) => kind === 'video').length);
  expect(sounds).toBe(sent.packets.filter(({ kind }) => kind === 'audio').length);
  expect(offsetMs).toBeLessThanOrEqual(2);
}

describe('a film that is transcoded', () => {
  testWith(['ffmpeg'], 'has the size, rate and key frames that were asked for, whatever its name', {}, async () => {
    const stage = await openStage();
    const { file } = await remuxed(await film('mp3'), '-i $(x) pipe:.mkv');
    const transcode = { size: { width: 320, height: 240 }, fps: 20, bitRate: 300_000, gop: 0.5 };
    const pushing = pushed(file, stage.rtmpUrl, { transcode, loop: true });
    await stage.live(2);
    const { tracks } = await probe(stage.httpUrl);
    await pushing.stop();
    expect(tracks).toMatchObject([
      { codec: 'h264', width: 320, height: 240, gop: 0.5 },
      { codec: 'aac', sampleRate: 48_000, channels: 2 },
    ]);
    expect(tracks[0]!.frameRate).toBeCloseTo(20, 0);
    await until('the broadcast is over', () => stage.server.hub.publisher(stage.path) === undefined);
  });

  testWith(['ffmpeg'], 'has to be one', {}, async () => {
    const stage = await openStage();
    const pushing = pushed(import.meta.filename, stage.rtmpUrl, { transcode: true });
    await expect(pushing.done).rejects.toThrow(/ffmpeg cannot transcode .*Invalid data/);
  });

  testWith(['ffmpeg'], 'may have any codec that ffmpeg reads, and without is named with its codec', {}, async () => {
    const stage = await openStage();
    const { file } = await remuxed(await film('plain', 3), 'old.mp4', ['-c:v', 'mpeg4']);
    await expect(pushed(file, stage.rtmpUrl).done).rejects.toMatchObject({
      code: 'codec-unsupported',
      message: expect.stringMatching(/mp4v/),
    });
    const { progress } = await pushed(file, stage.rtmpUrl, { transcode: { bitRate: 300_000 } }).done;
    expect(progress.frames).toBeGreaterThan(100);
  });
});
