import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { type Outcome, program, runProgram } from '../programs.ts';
import { type PageTold, playByItself, playWithLibrary, serveHlsPage } from './hls-page.ts';
import { watchWithMpv } from './mpv.ts';
import { complaintsOf, readWithFfmpeg } from './packets.ts';
import type { PlayerRow, Ready, Watched } from './players.ts';
import type { Stage } from './stage.ts';
import { watchWithVlc } from './vlc.ts';

const LIMIT_MS = 60_000;
/** A browser begins inside of a GOP, and does not count what it decodes to get there. */
const BROWSER = { fewer: 50, more: 12 };
/** Players of whole segments begin up to so many pictures and sounds behind a key frame, or end before the last. */
const LOOSE = { fewer: 2, more: 12 };

const mp4 = ({ http, path }: Stage): string => `${http}/${path}/index.m3u8`;
const ts = ({ http, path }: Stage): string => `${http}/${path}/ts.m3u8`;

/** Whoever plays HLS, of fragmented MP4 and of MPEG-TS. */
export const hlsPlayers: readonly PlayerRow[] = [
  { name: 'ffmpeg of HLS in MP4', needs: [], watch: (stage, live) => read(mp4(stage), live) },
  { name: 'ffmpeg of HLS in TS', needs: [], watch: (stage, live) => read(ts(stage), live) },
  { name: 'ffprobe of HLS in MP4', needs: ['ffprobe'], heavy: true, watch: (stage, live) => probe(mp4(stage), live) },
  { name: 'ffprobe of HLS in TS', needs: ['ffprobe'], heavy: true, watch: (stage, live) => probe(ts(stage), live) },
  { name: 'mpv of HLS in MP4', needs: ['mpv'], watch: (stage, live) => mpv(mp4(stage), live) },
  { name: 'mpv of HLS in TS', needs: ['mpv'], heavy: true, watch: (stage, live) => mpv(ts(stage), live) },
  { name: 'VLC of HLS in MP4', needs: ['vlc'], heavy: true, watch: (stage, live) => vlc(mp4(stage), live) },
  { name: 'VLC of HLS in TS', needs: ['vlc'], heavy: true, watch: (stage, live) => vlc(ts(stage), live) },
  {
    name: 'GStreamer of HLS in MP4',
    needs: ['gstreamer'],
    heavy: true,
    watch: (stage, live) => gstreamer(stage, mp4(stage), live),
  },
  {
    name: 'GStreamer of HLS in TS',
    needs: ['gstreamer'],
    heavy: true,
    watch: (stage, live) => gstreamer(stage, ts(stage), live),
  },
  {
    name: 'streamlink of HLS in MP4',
    needs: ['streamlink'],
    heavy: true,
    watch: (stage, live) => streamlink(stage, mp4(stage), live),
  },
  {
    name: 'streamlink of HLS in TS',
    needs: ['streamlink'],
    heavy: true,
    watch: (stage, live) => streamlink(stage, ts(stage), live),
  },
  {
    name: 'yt-dlp of HLS in MP4',
    needs: ['ytDlp'],
    heavy: true,
    watch: (stage, live) => ytDlp(stage, mp4(stage), live),
  },
  { name: 'yt-dlp of HLS in TS', needs: ['ytDlp'], heavy: true, watch: (stage, live) => ytDlp(stage, ts(stage), live) },
  {
    name: 'Chromium with hls.js',
    needs: ['chromium'],
    watch: (stage, live) => browse(mp4(stage), playWithLibrary, live),
  },
  {
    name: 'Chromium by itself',
    needs: ['chromium'],
    heavy: true,
    watch: (stage, live) => browse(mp4(stage), playByItself, live),
  },
];

async function read(url: string, live: Ready): Promise<Watched> {
  await live();
  const { packets, complaints } = await readWithFfmpeg(url, LIMIT_MS);
  // Segments carry parameter sets that FLV has apart.
  return {
    seen: packets.map(({ kind, pts }) => ({ kind, pts })),
    complaints: complaints.replaceAll(HARMLESS, '').trim(),
  };
}

/** ffmpeg reads the map anew with each playlist, and then finds that it has it. */
const HARMLESS = /^.*(?:Found duplicated MOOV Atom|Last message repeated).*$/gm;

async function mpv(url: string, live: Ready): Promise<Watched> {
  const { complaints, ...watched } = await watchWithMpv(url, live);
  return { ...watched, complaints: complaints.replaceAll(HARMLESS, '').trim() };
}

async function vlc(url: string, live: Ready): Promise<Watched> {
  const { complaints, ...watched } = await watchWithVlc(url, live);
  const lines = complaints.split('\n').filter((line) => !SAID_BY_VLC.test(line));
  return { ...watched, slack: LOOSE, complaints: lines.join('\n') };
}

/**
 * Init segments have no samples; what it does not know in advance it learns; a machine that is busy is late. A publisher
 * may decode two pictures at one time, as GStreamer's first.
 */
const SAID_BY_VLC =
  /Zero duration sample in trun|Changing stream format Unknown|no chunk defined|STTS table of 0|doesn't look interleaved|Fragment sequence discontinuity|AAC channels|ES_OUT_SET_\(GROUP_\)PCR/;

async function probe(url: string, live: Ready): Promise<Watched> {
  await live();
  const what = ['-count_frames', '-show_entries', 'stream=codec_type,nb_read_frames', '-of', 'csv=p=0'];
  const outcome = await runProgram(program('ffprobe'), ['-v', 'error', ...what, url], { limitMs: LIMIT_MS });
  const count = (kind: string): number => Number(new RegExp(`${kind},(\\d+)`).exec(outcome.stdout)?.[1] ?? 0);
  return { pictures: count('video'), sounds: count('audio'), slack: LOOSE, complaints: complaintsOf(outcome) };
}

/** Counts what comes out of its decoder: of pictures where there are some, else of sound. */
async function gstreamer({ server, path }: Stage, url: string, live: Ready): Promise<Watched> {
  await live();
  const isPicture = server.hub.stream(path)!.tracks.some(({ kind }) => kind === 'video');
  const convert = isPicture ? 'videoconvert' : 'audioconvert';
  const sink = `${convert} ! identity name=decoded silent=false ! fakesink sync=false`;
  const line = `souphttpsrc location=${url} ! hlsdemux ! decodebin name=all all. ! queue ! ${sink}`;
  const outcome = await runProgram(program('gstreamer'), ['-v', ...line.split(' ')], { limitMs: LIMIT_MS });
  const count = outcome.stdout.split('GstIdentity:decoded: last-message = chain').length - 1;
  const complaints = complaintsOf(quiet(outcome, /warning|libEGL|MESA|GLib/i));
  // How many samples a buffer has, its decoder decides.
  if (!isPicture) return { complaints: count === 0 ? 'no sound was decoded' : complaints };
  return { pictures: count, slack: LOOSE, complaints };
}

async function streamlink({ folder }: Stage, url: string, live: Ready): Promise<Watched> {
  await live();
  const file = join(folder, `streamlink-${url.length}.media`);
  const args = ['--loglevel', 'warning', '-o', file, `hls://${url}`, 'best'];
  const outcome = await runProgram(program('streamlink'), args, { limitMs: LIMIT_MS });
  const complaints = complaintsOf(outcome);
  return complaints === '' ? read(file, () => Promise.resolve()) : { complaints };
}

/** What is live it loads with ffmpeg, as it comes. */
async function ytDlp({ folder }: Stage, url: string, live: Ready): Promise<Watched> {
  await live();
  const file = join(folder, `yt-dlp-${url.length}.media`);
  const how = [
    '--downloader',
    'ffmpeg',
    '--hls-use-mpegts',
    '--no-part',
    '--fixup',
    'never',
    '--ignore-config',
    '--quiet',
  ];
  const outcome = await runProgram(program('ytDlp'), [...how, '-o', file, url], { limitMs: LIMIT_MS });
  const complaints = complaintsOf(outcome);
  if (complaints !== '') return { complaints };
  const watched = await read(file, () => Promise.resolve());
  return { ...watched, slack: LOOSE, complaints: watched.complaints.replaceAll(ROUNDED, '').trim() };
}

/** Where the film begins anew it is 9 ms late, and ffmpeg rounds the times of what it decodes to whole pictures. */
const ROUNDED = /^\[null @ .*non monotonically increasing dts to muxer in stream 0.*$/gm;

async function browse(url: string, play: string, live: Ready): Promise<Watched> {
  const { url: address, close } = await serveHlsPage();
  const browser = await chromium.launch({
    executablePath: program('chromium'),
    args: ['--autoplay-policy=no-user-gesture-required', '--mute-audio'],
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await live();
    const told = await page.evaluate<PageTold>(`(${play})(${JSON.stringify(url)})`);
    return watchedBy(told);
  } finally {
    await browser.close();
    close();
  }
}

/** What a page told, as other players tell it. */
export function watchedBy({ pictures, soundBytes, pieces, faults }: PageTold): Watched {
  const complaints = [...faults, ...(pieces === 1 ? [] : [`it was played in ${pieces} pieces`])].join('\n');
  return { pictures, ...(soundBytes >= 0 && { soundBytes }), slack: BROWSER, complaints };
}

function quiet(outcome: Outcome, harmless: RegExp): Outcome {
  const lines = outcome.stderr.split('\n').filter((line) => line.trim() !== '' && !harmless.test(line));
  return { ...outcome, stderr: lines.join('\n') };
}
