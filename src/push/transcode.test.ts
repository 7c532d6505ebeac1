import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { FakeFfmpeg, HANG } from '../../test/fake-ffmpeg.ts';
import { frame } from '../../test/media.ts';
import { sample } from '../containers/contract-samples.ts';
import { FlvMuxer } from '../containers/flv/index.ts';
import { systemScheduler } from '../io/scheduler.ts';
import { concatBytes } from '../media/bytes/bytes.ts';
import type { Frame } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import type { Film } from './film.ts';
import { transcodeArguments, transcoded } from './transcode.ts';

/** A NAL unit of an IDR picture. */
const PICTURE = Uint8Array.of(0, 0, 0, 2, 0x65, 0x88);

describe('what ffmpeg is called with', () => {
  test.each(['/films/-i x', '/films/$(x)', '/films/`x`; y', '/films/pipe:1', '/films/a\nb'])(
    'names %j as one argument that is a file and nothing else',
    (path) => {
      const args = transcodeArguments(path, { loop: false });
      expect(args.filter((arg) => arg.includes(path))).toEqual([`file:${path}`]);
      expect(args[args.indexOf(`file:${path}`) - 1]).toBe('-i');
    },
  );

  test('lets a list in the file lead to files only', () => {
    const args = transcodeArguments('/films/a', { loop: false });
    expect(args[args.indexOf('-protocol_whitelist') + 1]).toBe('file,crypto,data');
  });

  test('is what was asked for', () => {
    const text = transcodeArguments('/films/a', {
      loop: true,
      size: { width: 1280, height: 720 },
      fps: 30,
      bitRate: 1_500_000,
      gop: 1.5,
    }).join(' ');
    for (const part of ['-stream_loop -1', 'scale=1280:720:', 'fps=30', '-b:v 1500000', 'gte(t,n_forced*1.5)']) {
      expect(text).toContain(part);
    }
  });
});

describe('a file that is transcoded', () => {
  const scheduler = systemScheduler();

  async function open(ffmpeg: FakeFfmpeg, signal = new AbortController().signal): Promise<Film> {
    const film = await transcoded(file(), { loop: false, scheduler, signal, ffmpeg: ffmpeg.path });
    onTestFinished(() => film.close());
    return film;
  }

  function file(): string {
    const folder = mkdtempSync(join(tmpdir(), 'roomcast-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'film');
    writeFileSync(path, 'words');
    return path;
  }

  test('needs ffmpeg, and says so', async () => {
    const opening = transcoded(file(), {
      loop: false,
      scheduler,
      signal: new AbortController().signal,
      ffmpeg: 'no-such-program-as-this',
    });
    await expect(opening).rejects.toThrow(/ffmpeg was not found/);
  });

  test('has to be there', async () => {
    const opening = transcoded('/no/such/file', { loop: false, scheduler, signal: new AbortController().signal });
    await expect(opening).rejects.toMatchObject({ code: 'not-found' });
  });

  test('that a program cannot read is named with its last words', async () => {
    const opening = transcoded(file(), {
      loop: false,
      scheduler,
      signal: new AbortController().signal,
      ffmpeg: 'false',
    });
    await expect(opening).rejects.toThrow(/ffmpeg cannot transcode .*film: it ended without a word/);
  });

  test('by a program that dies on the way is sent up to there, and named with its last words', async () => {
    const film = await open(
      new FakeFfmpeg(
        "process.stdout.write(demo.subarray(0, 600_000), () => { console.error('boom'); process.exit(1); });",
      ),
    );
    const frames: Frame[] = [];
    const reading = (async () => {
      for await (const frame of film.frames()) frames.push(frame);
    })();
    await expect(reading).rejects.toThrow(/ffmpeg cannot transcode .*film: boom/);
    expect(frames.length).toBeGreaterThan(100);
  });

  test.each([
    ['before anything came', HANG],
    ['on the way', `process.stdout.write(demo.subarray(0, 600_000)); ${HANG}`],
  ])('by a program that hangs %s ends with the signal, and the program with it', async (_, script) => {
    const ffmpeg = new FakeFfmpeg(script);
    const stopping = new AbortController();
    const reading = (async () => {
      const film = await open(ffmpeg, stopping.signal);
      for await (const _frame of film.frames());
    })();
    reading.catch(() => {});
    await vi.waitUntil(() => ffmpeg.isRunning, { timeout: 5000 });
    stopping.abort();
    await Promise.allSettled([reading]);
    expect(ffmpeg.isRunning).toBe(false);
  });

  test('keeps its pauses', async () => {
    const muxer = new FlvMuxer();
    const pictures = [0, 2, 4, 19, 21].map((second) =>
      frame(sample.video, second * 1000, { key: true, data: PICTURE }),
    );
    const flv = concatBytes([muxer.header([sample.video]), ...pictures.map((picture) => muxer.mux(picture))]);
    const film = await open(
      new FakeFfmpeg(`process.stdout.write(Buffer.from('${Buffer.from(flv).toString('hex')}', 'hex'));`),
    );
    const times: number[] = [];
    for await (const { dts } of film.frames()) times.push(dts / SECOND);
    expect(times).toEqual([0, 2, 4, 19, 21]);
  });
});
