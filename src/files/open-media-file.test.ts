import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import { describe, expect, onTestFinished, test } from 'vitest';
import { codecSamples } from '../containers/contract-samples.ts';
import { flvHeader, flvTag, tagType } from '../containers/flv/index.ts';
import { concatBytes } from '../media/bytes/bytes.ts';
import { type Frame, mainTrack } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { Mp4Muxer } from '../containers/mp4/index.ts';
import type { Muxer } from '../containers/muxer.ts';
import { TsMuxer } from '../containers/ts/index.ts';
import { FlvReader } from './recording-reader.ts';
import type { Damage, MediaFile } from './media-file.ts';
import { openMediaFile, pathOf } from './open-media-file.ts';

const DEMO = pathOf(new URL('../../assets/demo.flv', import.meta.url));
/** Pictures from key frame to key frame. */
const GOP = 60;
const demo = new Uint8Array(await readFile(DEMO));

function fileOf(bytes: Uint8Array | string): string {
  const folder = mkdtempSync(join(tmpdir(), 'roomcast-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'film');
  writeFileSync(path, bytes);
  return path;
}

async function open(bytes: Uint8Array | string): Promise<MediaFile> {
  const file = await openMediaFile(fileOf(bytes));
  onTestFinished(() => file.close());
  return file;
}

async function framesOf(file: MediaFile): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of file.frames()) frames.push(frame);
  return frames;
}

const of = (frames: readonly Frame[], kind: string): Frame[] => frames.filter(({ track }) => track.kind === kind);

/**
 * The beginning of the demo in MP4, its pictures seen in the order of an encoder with two B-frames; so many seconds of it
 * are cut away by an edit list.
 */
async function mp4(
  start: 'in-memory' | 'fragmented' | false,
  { seconds = 2, cut = 0 } = {},
): Promise<{ bytes: Uint8Array; frames: Frame[] }> {
  const reader = new FlvReader();
  const frames = reader.push(demo).filter(({ dts }) => dts < seconds * SECOND);
  const [video, audio] = (['video', 'audio'] as const).map((kind) => mainTrack(reader.tracks, kind)!);
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: start }), target });
  const [pictures, sounds] = [new EncodedVideoPacketSource('avc'), new EncodedAudioPacketSource('aac')];
  output.addVideoTrack(pictures);
  output.addAudioTrack(sounds);
  await output.start();
  const seen = of(frames, 'video').map((_, index) => {
    const place = index % GOP;
    return place === 0 || place > GOP - 3 ? index : [3, 1, 2][(place - 1) % 3]! + index - 1 - ((place - 1) % 3);
  });
  for (const [index, { data, key }] of of(frames, 'video').slice(0, -2).entries()) {
    const config = { codec: 'avc1.64001f', codedWidth: 1280, codedHeight: 720, description: video!.config };
    await pictures.add(new EncodedPacket(data, key ? 'key' : 'delta', seen[index]! / 30 - cut, 1 / 30), {
      decoderConfig: config,
    });
  }
  for (const { data, dts } of of(frames, 'audio')) {
    const config = { codec: 'mp4a.40.2', sampleRate: 48_000, numberOfChannels: 2, description: audio!.config };
    await sounds.add(new EncodedPacket(data, 'key', dts / SECOND - cut, 1024 / 48_000), { decoderConfig: config });
  }
  await output.finalize();
  return { bytes: new Uint8Array(target.buffer!), frames };
}

/** VP8 and Opus in WebM, both from 0 on. */
async function webm(): Promise<Uint8Array> {
  const [vp8, opus] = (['vp8', 'opus'] as const).map((codec) =>
    codecSamples.find(({ track }) => track.codec === codec)!,
  );
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const [pictures, sounds] = [new EncodedVideoPacketSource('vp8'), new EncodedAudioPacketSource('opus')];
  output.addVideoTrack(pictures);
  output.addAudioTrack(sounds);
  await output.start();
  for (let index = 0; index < 50; index++) {
    const [time, isKey] = [index / 25, index % 25 === 0];
    await pictures.add(new EncodedPacket(isKey ? vp8!.key : vp8!.next, isKey ? 'key' : 'delta', time, 1 / 25), {
      decoderConfig: { codec: 'vp8', codedWidth: 16, codedHeight: 16 },
    });
    await sounds.add(new EncodedPacket(opus!.key, 'key', time, 1 / 25), {
      decoderConfig: { codec: 'opus', sampleRate: 48_000, numberOfChannels: 2, description: opus!.track.config },
    });
  }
  await output.finalize();
  return new Uint8Array(target.buffer!);
}

describe('a recording of what viewers get', () => {
  /** The demo as a muxer of ours writes it. */
  const recorded = (muxer: Muxer): { bytes: Uint8Array; frames: Frame[] } => {
    const reader = new FlvReader();
    const frames = reader.push(demo);
    const tracks = reader.tracks.filter(({ kind }) => kind !== 'data');
    return { bytes: concatBytes([muxer.header(tracks), ...frames.map((frame) => muxer.mux(frame))]), frames };
  };
  const timesOf = (frames: readonly Frame[], kind: 'video' | 'audio'): number[] =>
    of(frames, kind).map(({ dts }) => Math.round(dts / 1000));

  test.each([
    ['MPEG-TS', 'ts', new TsMuxer()],
    ['fragmented MP4', 'mp4', new Mp4Muxer()],
  ] as const)('in %s is read whole', async (_, format, muxer) => {
    const { bytes, frames } = recorded(muxer);
    const file = await open(bytes);
    expect(file).toMatchObject({ format, size: bytes.length, unsupported: [] });
    expect(file.tracks.map(({ id, codec }) => [id, codec])).toEqual([
      [1, 'h264'],
      [2, 'aac'],
    ]);
    const read = await framesOf(file);
    for (const kind of ['video', 'audio'] as const) {
      expect(of(read, kind).map(({ data }) => data)).toEqual(of(frames, kind).map(({ data }) => data));
      expect(timesOf(read, kind)).toEqual(timesOf(frames, kind));
    }
    await file.close();
  });

  test('in MPEG-TS that is cut off is played up to there', async () => {
    const { bytes } = recorded(new TsMuxer());
    const frames = await framesOf(await open(bytes.subarray(0, bytes.length >> 1)));
    expect(frames.length).toBeGreaterThan(300);
    expect(frames.length).toBeLessThan(1200);
  });
});

describe('an FLV file', () => {
  test('is read whole, as often as wanted', async () => {
    const file = await openMediaFile(DEMO);
    expect(file).toMatchObject({ format: 'flv', size: demo.length, unsupported: [] });
    for (let turn = 0; turn < 2; turn++) {
      const frames = await framesOf(file);
      expect([of(frames, 'video').length, of(frames, 'audio').length]).toEqual([480, 750]);
      expect(frames[0]!.dts).toBe(0);
    }
    await file.close();
  });

  test('that is cut off is played up to there', async () => {
    const frames = await framesOf(await open(demo.subarray(0, demo.length >> 1)));
    expect(frames.length).toBeGreaterThan(300);
    expect(frames.length).toBeLessThan(1200);
  });

  test('is read by its tags, whatever its PreviousTagSizes say', async () => {
    const lying = demo.slice();
    const view = new DataView(lying.buffer);
    for (let at = 13; at < lying.length;) {
      const size = (view.getUint32(at) & 0xff_ffff) + 11;
      view.setUint32(at + size, at % 2 === 0 ? 0 : 0xffff_ffff);
      at += size + 4;
    }
    expect(await framesOf(await open(lying))).toHaveLength(1230);
  });

  test('that is gone when it is read again is told in words', async () => {
    const path = fileOf(demo);
    const file = await openMediaFile(path);
    await framesOf(file);
    rmSync(path);
    await expect(framesOf(file)).rejects.toMatchObject({ code: 'not-found', message: `There is no file ${path}.` });
  });

  test('with nothing in it is refused', async () => {
    const empty = flvHeader({ audio: true, video: true });
    await expect(open(empty)).rejects.toThrow(/neither pictures nor sound/);
    await expect(open(concatBytes([empty, flvTag(tagType.video, 0, new Uint8Array(0))]))).rejects.toThrow(/neither/);
    await expect(open(empty.subarray(0, 5))).rejects.toThrow(/neither/);
  });

  test('in an old codec says which', async () => {
    const tag = flvTag(tagType.video, 0, Uint8Array.of(0x12, 1, 2, 3));
    const file = await open(concatBytes([flvHeader({ audio: false, video: true }), tag]));
    expect(file).toMatchObject({ tracks: [], unsupported: [{ kind: 'video', codec: 'Sorenson H.263' }] });
  });
});

describe('an MP4 file', () => {
  test.each(['in-memory', 'fragmented', false] as const)(
    'with B-frames gets the decode times of its encoder (fast start: %s)',
    async (start) => {
      const { bytes, frames: sent } = await mp4(start);
      const file = await open(bytes);
      expect(file.format).toBe('mp4');
      expect(file.tracks.map(({ id, codec }) => [id, codec])).toEqual([
        [1, 'h264'],
        [2, 'aac'],
      ]);
      const frames = await framesOf(file);
      const pictures = of(frames, 'video');
      expect(pictures.map(({ data }) => data.length)).toEqual(
        of(sent, 'video')
          .slice(0, 58)
          .map(({ data }) => data.length),
      );
      expect(of(frames, 'audio')).toHaveLength(of(sent, 'audio').length);
      const steps = pictures.slice(1).map(({ dts }, index) => dts - pictures[index]!.dts);
      expect(Math.min(...steps)).toBeGreaterThan(33_000);
      expect(Math.max(...steps)).toBeLessThan(33_700);
      const ahead = pictures.map(({ dts, pts }) => Math.round((pts - dts) / 33_333));
      expect(ahead.slice(0, 7)).toEqual([1, 3, 0, 0, 3, 0, 0]);
      expect(frames.map(({ dts }) => dts)).toEqual(frames.map(({ dts }) => dts).toSorted((a, b) => a - b));
      expect(frames[0]!.dts).toBe(0);
    },
  );

  test('that is cut off is played up to there where its index is in front, and refused where that is gone', async () => {
    const { bytes: front } = await mp4('in-memory');
    const some = await framesOf(await open(front.subarray(0, Math.round(front.length * 0.6))));
    expect(some.length).toBeGreaterThan(20);
    const { bytes: behind } = await mp4(false);
    await expect(open(behind.subarray(0, behind.length >> 1))).rejects.toThrow(/is not a media file/);
  });

  test('with bytes changed here and there never ends in anything but an error in words', async () => {
    const { bytes } = await mp4('in-memory');
    let read = 0;
    const damages: Damage[] = [];
    for (let round = 0; round < 60; round++) {
      const damaged = bytes.slice();
      for (let i = 0; i < 8; i++) damaged[(round * 37 + i * 211) % 2500] = (round * 89 + i * 57) & 255;
      try {
        const file = await open(damaged);
        for await (const frame of file.frames((damage) => damages.push(damage))) read += frame.data.length > 0 ? 1 : 0;
      } catch (error) {
        expect(error).toMatchObject({ name: expect.stringMatching(/^(RoomcastError|ProtocolError)$/) });
      }
    }
    expect(read).toBeGreaterThan(500);
    expect(damages.length).toBeGreaterThan(0);
  });

  test('whose edit list cuts its beginning away starts at the key frame and the sound that are needed', async () => {
    const { bytes, frames: sent } = await mp4('in-memory', { seconds: 6, cut: 5 });
    const frames = await framesOf(await open(bytes));
    const [pictures, sounds] = [of(frames, 'video'), of(frames, 'audio')];
    // The key frame of the fourth second, and sound from 80 ms before the fifth on.
    expect([pictures.length, pictures[0]!.key]).toEqual([58, true]);
    expect(pictures[0]!.data).toEqual(of(sent, 'video')[2 * GOP]!.data);
    expect(sounds[0]!.data).toEqual(of(sent, 'audio').findLast(({ dts }) => dts <= 4.92 * SECOND)!.data);
    const apart = (sounds[0]!.pts - pictures[0]!.pts) / SECOND;
    expect(apart).toBeCloseTo(4.907 - 4, 2);
  });
});

describe('an edit list', () => {
  test('of several parts is told of', async () => {
    const { bytes } = await mp4('in-memory', { cut: -1 });
    expect(await open(bytes)).not.toHaveProperty('ignored');
    // What only waited a second becomes a part: the media time of the first entry, behind count and duration.
    const buffer = Buffer.from(bytes);
    buffer.writeInt32BE(0, buffer.indexOf('elst') + 16);
    const { ignored } = await open(new Uint8Array(buffer));
    expect(ignored).toMatch(/^Of the 2 parts/);
  });
});

describe('a WebM file', () => {
  test('has the size of its pictures in its track, and its sound where a decoder puts it', async () => {
    const file = await open(await webm());
    expect(file).toMatchObject({ format: 'webm', tracks: [{ codec: 'vp8', size: { width: 16, height: 16 } }, {}] });
    const frames = await framesOf(file);
    expect(of(frames, 'video').length).toBe(50);
    expect(new Set(frames.map(({ track }) => track.id)).size).toBe(2);
    // Opus decoders throw 312 samples away.
    expect(of(frames, 'video')[0]!.pts - of(frames, 'audio')[0]!.pts).toBe(6500);
  });
});

describe('what is no media file', () => {
  test.each([
    ['an empty file', '', /is empty/],
    ['a text', 'Once upon a time there was a text that was longer than any header.', /is not a media file/],
    ['zeros', new Uint8Array(4096), /is not a media file/],
  ])('%s is refused in words', async (_name, bytes, words) => {
    await expect(open(bytes)).rejects.toThrow(words);
  });

  test('a folder, and nothing at all', async () => {
    await expect(openMediaFile(tmpdir())).rejects.toThrow(/is not a file/);
    await expect(openMediaFile('/no/such/file')).rejects.toMatchObject({ code: 'not-found' });
  });

  // Windows has no pipes with a place in a folder.
  test.skipIf(process.platform === 'win32')(
    'a pipe is refused at once, since to open it waits for a writer',
    async () => {
      const path = fileOf('');
      rmSync(path);
      execFileSync('/usr/bin/mkfifo', [path]);
      await expect(openMediaFile(path)).rejects.toThrow(/is not a file/);
    },
  );
});

describe('the path of a file', () => {
  test('is that of a file: URL, be it a text or not', () => {
    expect([pathOf('file:///films/a%20b.mp4'), pathOf(new URL('file:///films/c.mp4')), pathOf('/films/d.mp4')]).toEqual(
      ['/films/a b.mp4', '/films/c.mp4', '/films/d.mp4'],
    );
  });

  test.each(['file://elsewhere/film.mp4', new URL('https://user:secret@host/film.mp4')])(
    'is none of %s, which is not repeated',
    (source) => {
      expect(() => pathOf(source)).toThrow(/^The source is neither/);
    },
  );
});
