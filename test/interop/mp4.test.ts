import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createFile, MP4BoxBuffer } from 'mp4box';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, expect, onTestFinished } from 'vitest';
import { describeTrack } from '../../src/media/codec/table.ts';
import type { Frame } from '../../src/media/frame.ts';
import { SECOND } from '../../src/media/time.ts';
import { long } from '../long.ts';
import { temporaryFolder } from '../output.ts';
import { program, runProgram, testWith } from '../programs.ts';
import { afterAnHour, demuxed, endless, inParts, mp4Film, recipes } from './mp4-films.ts';
import { watchWithMpv } from './mpv.ts';
import { complaintsOf, readWithFfmpeg } from './packets.ts';
import { watchWithVlc } from './vlc.ts';

const LIMIT_MS = 30_000;
/** What VLC says of every fragmented MP4, whoever wrote it, and where it does not begin with the first fragment. */
const USUAL_IN_VLC =
  /no chunk defined|STTS table of 0 entries|doesn't look interleaved|Fragment sequence discontinuity detected \d+ != 0/;
const forms = { 'a fragment for each frame': endless, 'the parts of segments': inParts };

/** What is compared of a packet: µs, bytes and flags. */
interface Packet {
  id: number;
  dts: number;
  pts: number;
  size: number;
  key: boolean;
}

const packetsOf = (frames: readonly Frame[]): Packet[] =>
  frames.map(({ track, dts, pts, data, key }) => ({ id: track.id, dts, pts, size: data.length, key }));

/** Packets of a file by ffprobe, track by track. */
async function probed(file: string): Promise<Packet[]> {
  const what = ['-show_entries', 'stream=id:packet=stream_index,dts_time,pts_time,size,flags', '-of', 'json'];
  const outcome = await runProgram(program('ffprobe'), ['-v', 'error', ...what, file], { limitMs: LIMIT_MS });
  expect(complaintsOf(outcome)).toBe('');
  const { streams, packets } = JSON.parse(outcome.stdout) as {
    streams: { id: string }[];
    packets: { stream_index: number; dts_time: string; pts_time: string; size: string; flags: string }[];
  };
  return byTrack(
    packets.map(({ stream_index, dts_time, pts_time, size, flags }) => ({
      id: Number(streams[stream_index]!.id),
      dts: Math.round(Number(dts_time) * SECOND),
      pts: Math.round(Number(pts_time) * SECOND),
      size: Number(size),
      key: flags.startsWith('K'),
    })),
  );
}

/** Stable, so that each track keeps its order. */
function byTrack(packets: readonly Packet[]): Packet[] {
  return packets.toSorted((a, b) => a.id - b.id);
}

for (const [name, { codecs }] of Object.entries(recipes)) {
  testWith(['ffmpeg', 'ffprobe'], `${name}: ffprobe finds in ours what we found in ffmpeg’s`, {}, async () => {
    const source = await mp4Film(name);
    const { tracks, frames, demuxer } = demuxed(source);
    expect(demuxer).toMatchObject({ dropped: 0, unsupported: [] });
    expect(tracks.map((track) => describeTrack(track).codecs)).toEqual(codecs);
    expect(byTrack(packetsOf(frames))).toEqual(await probed(source));
    const late = afterAnHour(frames);
    for (const [form, write] of Object.entries(forms)) {
      const file = write(tracks, late);
      expect(await probed(file), form).toEqual(byTrack(packetsOf(late)));
      const { complaints } = await readWithFfmpeg(file);
      expect(complaints.replaceAll(/Guessed Channel Layout.*\s*/g, ''), form).toBe('');
      expect(demuxed(file).frames.length, form).toBe(late.length);
    }
  });

  testWith(['ffmpeg'], `${name}: mp4box.js finds the tracks and the samples`, {}, async () => {
    const { tracks, frames } = demuxed(await mp4Film(name));
    for (const [form, write] of Object.entries(forms)) {
      const file = createFile();
      const bytes = readFileSync(write(tracks, afterAnHour(frames)));
      file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(new Uint8Array(bytes).buffer, 0), true);
      const info = file.getInfo();
      expect(info.isFragmented, form).toBe(true);
      // It takes the names of sample entries, and writes hexadecimal digits small.
      const told = info.tracks.map(({ codec }) => codec.toLowerCase());
      expect(told, form).toEqual(codecs.map((codec) => codec.toLowerCase()));
      const samples = tracks.flatMap(({ id }) => file.getTrackSamplesInfo(id));
      expect(
        samples.map(({ size, is_sync }) => [size, is_sync]),
        form,
      ).toEqual(
        tracks.flatMap(({ id }) =>
          frames.filter(({ track }) => track.id === id).map(({ data, key }) => [data.length, key]),
        ),
      );
    }
  });
}

testWith(['ffmpeg', 'ffprobe'], 'however ffmpeg cuts its fragments, we find what ffprobe finds', {}, async () => {
  const ways = [
    'frag_keyframe+empty_moov+default_base_moof',
    'frag_keyframe+empty_moov',
    'frag_keyframe+empty_moov+omit_tfhd_offset',
    'frag_keyframe+empty_moov+separate_moof',
    'frag_every_frame+empty_moov',
    'frag_keyframe+delay_moov',
    'dash+frag_keyframe',
  ];
  for (const way of ways) {
    const source = await mp4Film('H.264 and AAC', way);
    expect(byTrack(packetsOf(demuxed(source).frames)), way).toEqual(await probed(source));
  }
});

testWith(['gstreamer', 'ffprobe'], 'what GStreamer writes is read', {}, async () => {
  const source = join(temporaryFolder(), 'film.mp4');
  const picture =
    'videotestsrc num-buffers=75 ! video/x-raw,width=320,height=180,framerate=25/1,format=I420 ! x264enc bframes=2 key-int-max=25 ! h264parse ! m.';
  const sound = 'audiotestsrc num-buffers=130 ! opusenc ! opusparse ! m.';
  const line = `${picture} ${sound} mp4mux name=m fragment-duration=500 ! filesink location=${source}`;
  const outcome = await runProgram(program('gstreamer'), ['-q', ...line.split(' ')], { limitMs: LIMIT_MS });
  expect(outcome.status).toBe(0);
  // It has delimiters before its pictures, which frames do not carry.
  const times = (packets: readonly Packet[]): unknown[] => packets.map(({ id, dts, pts, key }) => [id, dts, pts, key]);
  expect(times(byTrack(packetsOf(demuxed(source).frames)))).toEqual(times(await probed(source)));
});

testWith(['ffmpeg', 'mpv', 'vlc'], 'mpv and VLC play a stream that has been running for an hour', {}, async () => {
  const { tracks, frames } = demuxed(await mp4Film('H.264 and AAC'));
  const url = await serve(readFileSync(endless(tracks, afterAnHour(frames))));
  const pictures = frames.filter(({ track }) => track.kind === 'video').length;
  const live = async (): Promise<void> => {};
  const mpv = await watchWithMpv(url, live);
  expect(mpv.complaints).toBe('');
  expect(mpv.seen!.filter(({ kind }) => kind === 'video').length).toBeGreaterThanOrEqual(pictures - 1);
  const vlc = await watchWithVlc(url, live);
  expect(vlc.complaints.split('\n').filter((line) => !USUAL_IN_VLC.test(line))).toEqual([]);
  expect(vlc.pictures).toBeGreaterThanOrEqual(pictures - vlc.slack!.fewer);
});

/** Plays by Media Source Extensions from the first buffered picture on; `src` lets the browser read by itself. */
const PLAY = `async ({ url, type, src }) => {
  const video = document.querySelector('video');
  if (src) video.src = url;
  else {
    const source = new MediaSource();
    video.src = URL.createObjectURL(source);
    await new Promise((resolve) => { source.onsourceopen = resolve; });
    const buffer = source.addSourceBuffer(type);
    const bytes = await (await fetch(url)).arrayBuffer();
    for (let at = 0; at < bytes.byteLength; at += 4999) {
      buffer.appendBuffer(bytes.slice(at, at + 4999));
      await new Promise((resolve) => { buffer.onupdateend = resolve; });
    }
    source.endOfStream();
    if (buffer.buffered.length !== 1) return { fault: buffer.buffered.length + ' pieces' };
    video.currentTime = buffer.buffered.start(0);
  }
  video.playbackRate = 2;
  video.play();
  await new Promise((resolve) => { video.onended = video.onerror = resolve; setTimeout(resolve, 20000); });
  const { totalVideoFrames, corruptedVideoFrames } = video.getVideoPlaybackQuality();
  return {
    fault: video.error ? video.error.message : video.ended ? '' : 'it did not end',
    pictures: totalVideoFrames, corrupted: corruptedVideoFrames,
    width: video.videoWidth, sound: video.webkitAudioDecodedByteCount > 0,
  };
}`;

let opened: Promise<Browser> | undefined;
afterAll(async () => (await opened)?.close());

/** One in the short form: the other codecs play in the tests of the page. */
const played = Object.entries(recipes).filter(([, { inChromium }]) => inChromium);

for (const [name, { codecs }] of long ? played : played.slice(0, 1)) {
  testWith(['ffmpeg', 'chromium'], `${name}: Chromium plays it, with and without a script`, {}, async () => {
    const { tracks, frames } = demuxed(await mp4Film(name));
    const pictures = frames.filter(({ track }) => track.kind === 'video').length;
    const sandbox = process.getuid?.() !== 0;
    const browser = await (opened ??= chromium.launch({
      executablePath: program('chromium'),
      args: ['--mute-audio', '--autoplay-policy=no-user-gesture-required'],
      chromiumSandbox: sandbox,
    }));
    for (const [form, write] of Object.entries(forms)) {
      const url = await serve(readFileSync(write(tracks, afterAnHour(frames))));
      const play = async (src: boolean): Promise<void> => {
        const page = await browser.newPage();
        await page.goto(new URL('/', url).href);
        const asked = { url, type: `video/mp4; codecs="${codecs.join()}"`, src };
        const told = await page.evaluate<Record<string, unknown>>(`(${PLAY})(${JSON.stringify(asked)})`);
        expect(told, `${form}, ${src ? 'src' : 'MSE'}`).toMatchObject({
          fault: '',
          corrupted: 0,
          width: 320,
          sound: true,
        });
        expect(told['pictures']).toBeGreaterThanOrEqual(pictures - 1);
        await page.close();
      };
      await Promise.all([false, true].map(play));
    }
  });
}

/** An address that gives the bytes without saying how many they are, as a live stream does. */
async function serve(bytes: Uint8Array): Promise<string> {
  const server = createServer(({ url }, response) => {
    const isPage = url === '/';
    response.writeHead(200, { 'content-type': isPage ? 'text/html' : 'video/mp4' });
    response.write(isPage ? '<!doctype html><video muted></video>' : bytes);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/live.mp4`;
}
