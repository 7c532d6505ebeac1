import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TsDemuxer, TsMuxer, TS_ORIGIN } from '../../src/containers/ts/index.ts';
import { dataSamples } from '../../src/containers/contract-samples.ts';
import { concatBytes } from '../../src/media/bytes/bytes.ts';
import type { Codec, Frame, Track } from '../../src/media/frame.ts';
import { SECOND } from '../../src/media/time.ts';
import { outputOf, temporaryFolder } from '../output.ts';
import { program, type ProgramName, runProgram, testWith } from '../programs.ts';
import { watchWithMpv } from './mpv.ts';
import { complaintsOf, readWithFfmpeg } from './packets.ts';
import type { Watched } from './players.ts';
import { countWithFfprobe } from './remux.ts';
import { watchWithVlc } from './vlc.ts';

const LIMIT_MS = 60_000;
const TICKS = 90_000;
/** Bytes of a datagram with seven packets, as they come over a line. */
const CHUNK = 1316;

/** What VLC says of sound that it found. */
const FACTS = /packetizer: AAC channels/;

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000,aformat=channel_layouts=stereo'];
const SCREEN = 'video/x-raw,width=320,height=180,framerate=25/1';
const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '25'];
const H265 = ['-c:v', 'libx265', '-preset', 'veryfast', '-x265-params', 'log-level=error', '-g', '25'];
const B_FRAMES = [...H264, '-bf', '3'];
const PLAIN = [...H264, '-bf', '0'];

/** Short films in MPEG-TS as others write them: ffmpeg's arguments, or GStreamer's elements in front of its muxer. */
const films: readonly { name: string; codecs: Codec[]; ffmpeg?: string[]; gstreamer?: string[] }[] = [
  { name: 'B-frames and AAC', codecs: ['h264', 'aac'], ffmpeg: [...B_FRAMES, '-c:a', 'aac'] },
  { name: 'a fixed rate', codecs: ['h264', 'aac'], ffmpeg: [...B_FRAMES, '-c:a', 'aac', '-muxrate', '3000000'] },
  { name: 'MP3', codecs: ['h264', 'mp3'], ffmpeg: [...PLAIN, '-c:a', 'libmp3lame'] },
  { name: 'MPEG layer II', codecs: ['h264', 'mp3'], ffmpeg: [...PLAIN, '-c:a', 'mp2'] },
  { name: 'AC-3', codecs: ['h264', 'ac3'], ffmpeg: [...PLAIN, '-c:a', 'ac3'] },
  { name: 'AC-3 of DVB', codecs: ['h264', 'ac3'], ffmpeg: [...PLAIN, '-c:a', 'ac3', '-mpegts_flags', 'system_b'] },
  { name: 'E-AC-3', codecs: ['h264', 'eac3'], ffmpeg: [...PLAIN, '-c:a', 'eac3'] },
  { name: 'Opus', codecs: ['h264', 'opus'], ffmpeg: [...PLAIN, '-c:a', 'libopus'] },
  { name: 'AAC in LATM', codecs: ['h264', 'aac'], ffmpeg: [...PLAIN, '-c:a', 'aac', '-mpegts_flags', 'latm'] },
  { name: 'H.265', codecs: ['h265', 'aac'], ffmpeg: [...H265, '-c:a', 'aac'] },
  {
    name: 'packets of 192 bytes',
    codecs: ['h264', 'ac3'],
    ffmpeg: [...B_FRAMES, '-c:a', 'ac3', '-mpegts_m2ts_mode', '1'],
  },
  {
    name: 'GStreamer, H.264 and AAC',
    codecs: ['h264', 'aac'],
    gstreamer: ['x264enc', 'key-int-max=25', 'bframes=2', '!', 'h264parse', '/', 'avenc_aac', '!', 'aacparse'],
  },
  {
    name: 'GStreamer, H.265 and Opus',
    codecs: ['h265', 'opus'],
    gstreamer: ['x265enc', 'key-int-max=25', '!', 'h265parse', '/', 'opusenc'],
  },
];

interface Read {
  tracks: Track[];
  frames: Frame[];
  damaged: number;
  unsupported: number;
}

/** A packet as ffprobe lists it; times in ticks. */
interface Probed {
  kind: string;
  pts: number;
  dts: number;
  key: boolean;
}

const making = new Map<string, Promise<string>>();

/** Path of a film, made when it is not there yet. */
function filmOf(row: (typeof films)[number]): Promise<string> {
  let made = making.get(row.name);
  if (!made) making.set(row.name, (made = make(row)));
  return made;
}

async function make({ name, ffmpeg, gstreamer = [] }: (typeof films)[number]): Promise<string> {
  const file = join(outputOf('ts'), `${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}.m2t`);
  if (existsSync(file)) return file;
  const unfinished = `${file}.${process.pid}`;
  const cut = gstreamer.indexOf('/');
  const pictures = ['videotestsrc', 'num-buffers=100', '!', SCREEN, '!', ...gstreamer.slice(0, cut), '!', 'm.'];
  const sounds = ['audiotestsrc', 'num-buffers=170', '!', 'audio/x-raw,rate=48000,channels=2', '!'];
  const sink = ['mpegtsmux', 'name=m', '!', 'filesink', `location=${unfinished}`];
  const { status, stderr } = ffmpeg
    ? await runProgram(
        program('ffmpeg'),
        ['-v', 'error', '-y', ...PICTURE, ...SOUND, ...ffmpeg, '-t', '4', '-f', 'mpegts', unfinished],
        { limitMs: LIMIT_MS },
      )
    : await runProgram(
        program('gstreamer'),
        ['-q', ...sink, ...pictures, ...sounds, ...gstreamer.slice(cut + 1), '!', 'm.'],
        { limitMs: LIMIT_MS },
      );
  if (status !== 0) throw new Error(`The film ${name} could not be made: ${stderr}`);
  renameSync(unfinished, file);
  return file;
}

function read(file: string): Read {
  const bytes = new Uint8Array(readFileSync(file));
  const demuxer = new TsDemuxer();
  const events = Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, index) =>
    demuxer.push(bytes.subarray(index * CHUNK, (index + 1) * CHUNK)),
  ).flat();
  events.push(...demuxer.end());
  return {
    tracks: events.flatMap((event) => (event.type === 'track' ? [event.track] : [])),
    frames: events.flatMap((event) => (event.type === 'frame' ? [event.frame] : [])),
    damaged: demuxer.damaged,
    unsupported: demuxer.unsupported.length,
  };
}

async function probe(file: string): Promise<Probed[]> {
  const what = ['-show_entries', 'packet=codec_type,pts,dts,flags', '-of', 'json'];
  const { stdout } = await runProgram(program('ffprobe'), ['-v', 'error', ...what, file], { limitMs: LIMIT_MS });
  const { packets } = JSON.parse(stdout) as {
    packets: { codec_type: string; pts: number; dts: number; flags: string }[];
  };
  return packets.map(({ codec_type, pts, dts, flags }) => ({ kind: codec_type, pts, dts, key: flags.startsWith('K') }));
}

/** Frames as ffprobe would list them: of its packets, sound is always marked as key. */
function listed(frames: readonly Frame[], origin: number): Probed[] {
  const ticks = (us: number): number => Math.round(((us + origin) * TICKS) / SECOND);
  return frames.map(({ track, pts, dts, key }) => ({ kind: track.kind, pts: ticks(pts), dts: ticks(dts), key }));
}

/** What differs of one kind, in words; times may be apart by the tick that the rounding of µs leaves. */
function differences(got: readonly Probed[], wanted: readonly Probed[], kind: string): string[] {
  const [ours, theirs] = [got, wanted].map((list) => list.filter((packet) => packet.kind === kind)) as [
    Probed[],
    Probed[],
  ];
  const faults = ours.length === theirs.length ? [] : [`${ours.length} of ${theirs.length} of ${kind}`];
  for (const [index, { pts, dts, key }] of ours.entries()) {
    const other = theirs[index];
    if (!other) break;
    if (Math.abs(pts - other.pts) > 1 || Math.abs(dts - other.dts) > 1 || key !== other.key)
      faults.push(`${kind} ${index}: ${pts} ${dts} ${key}, not ${other.pts} ${other.dts} ${other.key}`);
  }
  return faults.slice(0, 5);
}

/** The same film again, written by our muxer. */
function rewritten({ tracks, frames }: Pick<Read, 'tracks' | 'frames'>): { file: string; frames: Frame[] } {
  const muxer = new TsMuxer();
  const first = frames[0]!.dts;
  const moved = frames.map((frame) => ({ ...frame, dts: frame.dts - first, pts: frame.pts - first }));
  const folder = temporaryFolder();
  chmodSync(folder, 0o755); // players that refuse to run as root read it as somebody else
  const file = join(folder, 'film.ts');
  writeFileSync(file, concatBytes([muxer.header(tracks), ...moved.map((frame) => muxer.mux(frame))]));
  return { file, frames: moved };
}

const needs = ({ gstreamer }: (typeof films)[number]): ProgramName[] =>
  gstreamer ? ['gstreamer', 'ffprobe'] : ['ffmpeg', 'ffprobe'];

describe('MPEG-TS that others wrote gives the packets that ffprobe lists', () => {
  for (const row of films) {
    testWith(needs(row), row.name, {}, async () => {
      const file = await filmOf(row);
      const { tracks, frames, damaged, unsupported } = read(file);
      expect(tracks.map(({ codec }) => codec).toSorted()).toEqual(row.codecs.toSorted());
      expect({ damaged, unsupported }).toEqual({ damaged: 0, unsupported: 0 });
      const packets = await probe(file);
      const got = listed(frames, 0);
      expect([...differences(got, packets, 'video'), ...differences(got, packets, 'audio')]).toEqual([]);
    });
  }
});

describe('MPEG-TS that we wrote', () => {
  for (const row of films) {
    testWith([...needs(row), 'ffmpeg'], `${row.name} → ffprobe and ffmpeg`, {}, async () => {
      const { file, frames } = rewritten(read(await filmOf(row)));
      const wanted = listed(frames, TS_ORIGIN);
      const packets = await probe(file);
      expect([...differences(packets, wanted, 'video'), ...differences(packets, wanted, 'audio')]).toEqual([]);
      const { complaints } = await readWithFfmpeg(file);
      expect(complaints).toBe('');
    });
    testWith([...needs(row), 'tshark'], `${row.name} → tshark`, {}, async () => {
      const { file } = rewritten(read(await filmOf(row)));
      const lines = await tshark(file);
      expect(lines).toHaveLength(readFileSync(file).length / 188);
      expect(lines.filter((line) => line.includes(','))).toEqual([]);
    });
  }

  testWith(['ffmpeg', 'ffprobe'], 'KLV and ID3 beside a film → ffprobe', {}, async () => {
    const { tracks, frames } = read(await filmOf(films[0]!));
    const data = dataSamples.map(({ track, key }, index) => ({ track: { ...track, id: 10 + index }, data: key }));
    const beside = frames
      .filter(({ track, key }) => track.kind === 'video' && key)
      .flatMap(({ dts }) => data.map((of): Frame => ({ ...of, dts, pts: dts, key: true })));
    const all = [...frames, ...beside].toSorted((a, b) => a.dts - b.dts);
    const { file } = rewritten({ tracks: [...tracks, ...data.map(({ track }) => track)], frames: all });
    const args = ['-v', 'error', '-count_packets', '-show_entries', 'stream=codec_name,nb_read_packets'];
    const { stdout } = await runProgram(program('ffprobe'), [...args, '-of', 'csv=p=0', file], { limitMs: LIMIT_MS });
    // Once for the program and once for the file.
    const lines = [...new Set(stdout.split('\n').filter((line) => line !== ''))];
    expect(lines).toEqual(['h264,100', 'aac,189', `klv,${beside.length / 2}`, `timed_id3,${beside.length / 2}`]);
  });

  testWith(['ffmpeg', 'ffprobe', 'gstreamer'], 'B-frames and AAC → GStreamer', {}, async () => {
    const { file, frames } = rewritten(read(await filmOf(films[0]!)));
    const [pictures, sounds] = ['pictures.h264', 'sounds.aac'].map((name) => join(temporaryFolder(), name));
    const source = ['filesrc', `location=${file}`, '!', 'tsparse', '!', 'tsdemux', 'name=d'];
    const branch = (caps: string, to: string): string[] => ['!', caps, '!', 'filesink', `location=${to}`];
    const video = [
      'd.',
      '!',
      'queue',
      '!',
      'h264parse',
      ...branch('video/x-h264,stream-format=byte-stream', pictures!),
    ];
    const audio = ['d.', '!', 'queue', '!', 'aacparse', ...branch('audio/mpeg,stream-format=adts', sounds!)];
    const env = { ...process.env, GST_DEBUG: 'tsdemux:3,mpegtsbase:3,mpegtspacketizer:3,tsparse:3' };
    const args = ['-q', ...source, ...video, ...audio];
    expect(complaintsOf(await runProgram(program('gstreamer'), args, { limitMs: LIMIT_MS, env }))).toBe('');
    const of = (kind: string): number => frames.filter(({ track }) => track.kind === kind).length;
    expect(await countWithFfprobe(pictures!)).toEqual([`h264,${of('video')}`]);
    // Its parser of AAC gives up the first frame, that of any muxer.
    expect(await countWithFfprobe(sounds!)).toEqual([`aac,${of('audio') - 1}`]);
  });

  for (const [name, watch, player] of [
    ['mpv', watchWithMpv, 'mpv'],
    ['VLC', watchWithVlc, 'vlc'],
  ] as const) {
    const played = [films[0]!, films[7]!, films[9]!];
    let watching: Promise<Map<string, { frames: Frame[]; watched: Watched }>> | undefined;

    /** Each is played at its own pace, so all are at once. */
    const watchAll = async (): Promise<Map<string, { frames: Frame[]; watched: Watched }>> => {
      const all = played.map(async (film) => {
        const { file, frames } = rewritten(read(await filmOf(film)));
        return [film.name, { frames, watched: await watch(file, async () => {}) }] as const;
      });
      return new Map(await Promise.all(all));
    };

    for (const film of played) {
      testWith([...needs(film), player], `${film.name} → ${name}`, {}, async () => {
        const { frames, watched } = (await (watching ??= watchAll())).get(film.name)!;
        const of = (kind: string): number => frames.filter(({ track }) => track.kind === kind).length;
        const pictures = watched.pictures ?? watched.seen!.filter(({ kind }) => kind === 'video').length;
        expect(
          watched.complaints
            .split('\n')
            .filter((line) => !FACTS.test(line))
            .join('\n'),
        ).toBe('');
        // VLC does not count every one, or one twice.
        expect(Math.abs(pictures - of('video'))).toBeLessThanOrEqual(1);
      });
    }
  }
});

/** The number of each packet, with that of the packets that are missing before it where it says so. */
async function tshark(file: string): Promise<string[]> {
  const fields = ['-T', 'fields', '-E', 'separator=,', '-e', 'frame.number', '-e', 'mp2t.cc.drop'];
  const args = ['-r', file, '-Y', 'mp2t', ...fields];
  const { stdout, status, stderr } = await runProgram(program('tshark'), args, { limitMs: LIMIT_MS });
  if (status !== 0) throw new Error(stderr);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.replace(/,$/, '')]));
}

test('each film is another one', () => {
  expect(new Set(films.map(({ name }) => name)).size).toBe(films.length);
});
