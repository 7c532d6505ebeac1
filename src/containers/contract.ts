import { ProtocolError } from '../errors.ts';
import { concatBytes, equalBytes } from '../media/bytes/bytes.ts';
import { describeTrack } from '../media/codec/table.ts';
import { fromMs, SECOND } from '../media/time.ts';
import type { Codec, Frame, Track } from '../media/frame.ts';
import { codecSamples, dataSamples, film, frameOf, sample } from './contract-samples.ts';
import type { Demuxer, MediaEvent } from './demuxer.ts';
import type { Muxer } from './muxer.ts';

/** One container: its muxer, its demuxer, and what they can carry. */
export interface Container {
  muxer(): Muxer;
  demuxer(): Demuxer;
  /** Codecs that make the round trip. */
  carries: readonly Codec[];
  /** A codec that is left out, where there is one. */
  leavesOut?: Codec;
  /** ms that both times of a frame may be apart, where that is less than what FLV can say, and why. */
  composition?: { most: number; reason: string };
  /** Why the header does not tell codec configs, where frames do. */
  configsInFrames?: string;
  /** Codecs of whose config only the meaning comes through, as far as `describe` tells it, and why. */
  forgets?: Partial<Record<Codec, string>>;
}

export interface ContractCase {
  name: string;
  /** Throws where the container breaks the contract. */
  run(): void;
}

const DAYS = 60;
const DAY = 24 * 3600 * SECOND;
/** Clocks of containers that exist start again at these, in ms; frames are dense around each multiple. */
const WRAPS = [2 ** 24, 2 ** 31, 2 ** 32];
/** ms around a wrap in which frames are dense, and the step elsewhere. */
const NEAR = 2000;
const COARSE = 120_000;
const BIG_FRAME = 8 * 2 ** 20;

/** What every container must do. Each case is a test by itself: `test(name, run)`. */
export function containerContract(container: Container): ContractCase[] {
  const { muxer, demuxer } = container;
  const can = (...codecs: Codec[]): boolean => codecs.every((codec) => container.carries.includes(codec));
  const sameTracks = (got: readonly Track[], wanted: readonly Track[]): void => {
    checkTracks(got, wanted, (codec) => container.forgets?.[codec] !== undefined);
  };
  const cases: ContractCase[] = [];
  const add = (needs: Codec[], name: string, run: () => void): void => {
    if (can(...needs)) cases.push({ name, run });
  };
  const demux = (...parts: Uint8Array[]): MediaEvent[] => {
    const reader = demuxer();
    return parts.flatMap((part) => reader.push(part));
  };
  const roundTrip = (tracks: Track[], frames: Frame[]): void => {
    const writer = muxer();
    const events = demux(writer.header(tracks), ...frames.map((frame) => writer.mux(frame)));
    sameFrames(framesOf(events), frames);
    sameTracks(tracksOf(events), tracks);
  };

  const { video, video2, audio, audio2, mp3, data } = sample;
  add(['h264', 'aac'], 'frames of sound and picture make the round trip', () => {
    roundTrip([video, audio], film({ video, audio, count: 100 }));
  });
  add(['h264'], 'a stream of pictures alone makes the round trip', () =>
    roundTrip([video], film({ video, count: 50 })),
  );
  add(['aac'], 'a stream of sound alone makes the round trip', () => roundTrip([audio], film({ audio, count: 50 })));
  add(['mp3'], 'MP3 makes the round trip', () => roundTrip([mp3], film({ audio: mp3, count: 50 })));
  add(['h264'], 'negative composition times make the round trip', () => {
    const { most } = container.composition ?? { most: 8_388_607 };
    const times = [-40, 0, 80, -most - 1, most];
    roundTrip(
      [video],
      times.map((cts, i) => frameOf(video, { ms: i * 40, cts, key: i === 0 })),
    );
  });
  add(['h264'], 'equal and small steps of time stay as they are', () => {
    const times = [0, 0, 1, 1, 2, 42];
    roundTrip(
      [video],
      times.map((ms, i) => frameOf(video, { ms, key: i === 0 })),
    );
  });
  add(['h264'], 'a picture of 8 MiB makes the round trip', () => {
    roundTrip([video], [frameOf(video, { ms: 0, key: true, size: BIG_FRAME }), frameOf(video, { ms: 40 })]);
  });
  add(['h264', 'amf'], 'data messages make the round trip', () => {
    roundTrip(
      [video, data],
      [frameOf(video, { ms: 0, key: true }), frameOf(data, { ms: 20 }), frameOf(video, { ms: 40 })],
    );
  });

  const tells = container.configsInFrames === undefined;
  add([], `the header alone ${tells ? 'tells the tracks and ' : ''}holds no frame`, () => {
    const tracks = Object.values(sample).filter((track) => can(track.codec) && track !== video2 && track !== audio2);
    const some = tracks.filter((track) => tracks.find(({ id }) => id === track.id) === track);
    const events = demux(muxer().header(some));
    if (tells) sameTracks(tracksOf(events), some);
    sameFrames(framesOf(events), []);
  });
  add([], 'the header depends on the tracks alone', () => {
    const writer = muxer();
    const tracks = [video, audio].filter((track) => can(track.codec));
    const before = writer.header(tracks);
    for (const frame of film({ video, audio, count: 10 })) if (can(frame.track.codec)) writer.mux(frame);
    writer.announce(tracks[0]!, tracks);
    check(equalBytes(before, writer.header(tracks)), 'The header changed after frames were written.');
  });
  add(['h264', 'aac'], 'a joiner reads the header and then frames from the middle', () => {
    const writer = muxer();
    const frames = film({ video, audio, count: 100 });
    const bytes = frames.map((frame) => writer.mux(frame));
    const from = frames.findIndex((frame, index) => index > 50 && frame.key && frame.track === video);
    const events = demux(writer.header([video, audio]), ...bytes.slice(from));
    sameTracks(tracksOf(events), [video, audio]);
    sameFrames(framesOf(events), frames.slice(from));
  });
  add(['h264'], 'a new config in the middle comes before the frames that need it', () => {
    const writer = muxer();
    const before = film({ video, count: 30 });
    const after = film({ video: video2, count: 30, from: 30 * 40 });
    const events = demux(
      writer.header([video]),
      ...before.map((frame) => writer.mux(frame)),
      writer.announce(video2, [video2]),
      ...after.map((frame) => writer.mux(frame)),
    );
    sameFrames(framesOf(events), [...before, ...after]);
    sameTracks(tracksOf(events), [video, video2]);
    checkOrder(events);
  });
  add(['h264', 'aac'], 'a track that comes late is announced and read', () => {
    const writer = muxer();
    const pictures = film({ video, count: 20 });
    const both = film({ video, audio, count: 40, from: 20 * 40 });
    const events = demux(
      writer.header([video]),
      ...pictures.map((frame) => writer.mux(frame)),
      writer.announce(audio, [video, audio]),
      ...both.map((frame) => writer.mux(frame)),
    );
    sameFrames(framesOf(events), [...pictures, ...both]);
    sameTracks(tracksOf(events), [video, audio]);
    checkOrder(events);
  });
  add(['aac', 'mp3'], 'a change of codec is announced and read', () => {
    const writer = muxer();
    const parts = [audio, audio2, mp3, audio].map((track, i) => ({
      track,
      frames: film({ audio: track, count: 9, from: i * 400 }),
    }));
    const bytes = parts.flatMap(({ track, frames }) => [
      writer.announce(track, [track]),
      ...frames.map((frame) => writer.mux(frame)),
    ]);
    const events = demux(writer.header([audio]), ...bytes);
    sameFrames(
      framesOf(events),
      parts.flatMap(({ frames }) => frames),
    );
    checkOrder(events);
  });

  for (const { track, key, next } of [...codecSamples, ...dataSamples]) {
    const frames = Array.from({ length: 20 }, (_, i): Frame => {
      const isKey = track.kind !== 'video' || i % 10 === 0;
      return { ...frameOf(track, { ms: i * 40, key: isKey }), data: isKey ? key : next };
    });
    add([track.codec], `${track.codec} makes the round trip, and a joiner reads its config first`, () => {
      roundTrip([track], frames);
      const writer = muxer();
      const bytes = frames.map((frame) => writer.mux(frame));
      const events = demux(writer.header([track]), ...bytes.slice(10));
      sameTracks(tracksOf(events), [track]);
      sameFrames(framesOf(events), frames.slice(10));
      checkOrder(events);
    });
    add([track.codec, 'h264', 'aac'], `a change to ${track.codec} is announced and read`, () => {
      const writer = muxer();
      const old = film({ video, audio, count: 5 });
      const tracks = track.kind === 'video' ? [track, audio] : [video, track];
      const before = [writer.header([video, audio]), ...old.map((frame) => writer.mux(frame))];
      const later = frames.map((frame) => ({ ...frame, dts: frame.dts + SECOND, pts: frame.pts + SECOND }));
      const events = demux(...before, writer.announce(track, tracks), ...later.map((frame) => writer.mux(frame)));
      sameFrames(framesOf(events), [...old, ...later]);
      checkOrder(events);
    });
  }

  add(['h264', 'aac'], 'the same comes out wherever the bytes are cut', () => {
    const writer = muxer();
    const frames = film({ video, audio, count: 12 });
    const bytes = concatBytes([writer.header([video, audio]), ...frames.map((frame) => writer.mux(frame))]);
    const whole = demux(bytes);
    sameFrames(framesOf(whole), frames);
    sameEvents(demux(...chunks(bytes, 1)), whole);
    sameEvents(demux(...chunks(bytes, 7)), whole);
    for (let at = 1; at < bytes.length; at++) sameEvents(demux(bytes.subarray(0, at), bytes.subarray(at)), whole);
  });
  add(['h264'], 'frames are left as they were', () => {
    const writer = muxer();
    const frame = frameOf(video, { ms: 40, key: true });
    const before = frame.data.slice();
    writer.mux(frame).fill(0);
    check(equalBytes(frame.data, before), 'The frame shares memory with the bytes that were written.');
  });
  const { leavesOut } = container;
  if (leavesOut) {
    cases.push({
      name: `a track of ${leavesOut} is left out`,
      run: () => {
        const writer = muxer();
        const track: Track = { id: 9, kind: 'data', codec: leavesOut, config: new Uint8Array(0) };
        check(!writer.carries(track), 'It says that it carries the track.');
        check(writer.mux(frameOf(track, { ms: 0 })).length === 0, 'It writes bytes for a frame.');
        check(
          tracksOf(demux(writer.header([track]))).every(({ id }) => id !== track.id),
          'The header names the track.',
        );
      },
    });
  }
  cases.push({
    name: 'a demuxer that met an error is dead',
    run: () => {
      const reader = demuxer();
      const noise = Uint8Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) & 0xff);
      check(
        throwsProtocolError(() => reader.push(noise)),
        'It takes noise for a container.',
      );
      check(
        throwsProtocolError(() => reader.push(muxer().header([]))),
        'It goes on after an error.',
      );
    },
  });
  add(['h264', 'aac'], `times stay right for ${DAYS} days, over every wrap`, () => {
    const writer = muxer();
    const reader = demuxer();
    reader.push(writer.header([video, audio]));
    for (const ms of longTimes()) {
      for (const track of [video, audio]) {
        const frame = frameOf(track, { ms, cts: track === video ? 80 : 0, size: 16, key: true });
        const [got] = framesOf(reader.push(writer.mux(frame)));
        check(got?.dts === frame.dts && got.pts === frame.pts, `At ${ms} ms the time is ${got?.dts} µs.`);
      }
    }
  });
  return cases;
}

/** Times in ms over many days: one in two minutes, and at the frame rate around everything that could wrap. */
function* longTimes(): Generator<number> {
  const end = (DAYS * DAY) / fromMs(1);
  for (let ms = 0; ms < end;) {
    yield ms;
    const since = Math.min(...WRAPS.map((wrap) => ms % wrap));
    const left = Math.min(...WRAPS.map((wrap) => wrap - (ms % wrap)));
    ms += left <= NEAR || since <= NEAR ? 40 : Math.min(COARSE, left - NEAR);
  }
}

function framesOf(events: readonly MediaEvent[]): Frame[] {
  return events.flatMap((event) => (event.type === 'frame' ? [event.frame] : []));
}

/** The tracks in the order in which they came, each configuration once. */
function tracksOf(events: readonly MediaEvent[]): Track[] {
  return events.flatMap((event) => (event.type === 'track' ? [event.track] : []));
}

function chunks(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

function sameFrames(got: readonly Frame[], wanted: readonly Frame[]): void {
  check(got.length === wanted.length, `${wanted.length} frames went in and ${got.length} came out.`);
  for (const [i, want] of wanted.entries()) sameFrame(got[i]!, want, i);
}

function sameFrame(got: Frame, want: Frame, index: number): void {
  const where = `frame ${index} (${want.track.codec} at ${want.dts} µs)`;
  check(got.track.id === want.track.id && got.track.codec === want.track.codec, `The track of ${where} differs.`);
  check(got.dts === want.dts, `The decode time of ${where} is ${got.dts}.`);
  check(got.pts === want.pts, `The presentation time of ${where} is ${got.pts} and not ${want.pts}.`);
  check(got.key === want.key, `The key flag of ${where} is ${got.key}.`);
  check(equalBytes(got.data, want.data), `The data of ${where} differs.`);
}

/** Every track came with its config; data tracks may be announced with more than they had. */
function checkTracks(
  got: readonly Track[],
  wanted: readonly Track[],
  forgets: (codec: Codec) => boolean = () => false,
): void {
  for (const want of wanted) {
    const found = got.some((track) => {
      if (track.id !== want.id || track.codec !== want.codec) return false;
      if (forgets(want.codec)) return JSON.stringify(describeTrack(track)) === JSON.stringify(describeTrack(want));
      return want.kind === 'data' || equalBytes(track.config, want.config);
    });
    check(found, `Track ${want.id} (${want.codec}) did not come with its config.`);
  }
  const extra = got.find((track) => track.kind !== 'data' && !wanted.some(({ id }) => id === track.id));
  check(!extra, `Track ${extra?.id} came from nowhere.`);
}

function sameEvents(got: readonly MediaEvent[], wanted: readonly MediaEvent[]): void {
  check(got.map(({ type }) => type).join() === wanted.map(({ type }) => type).join(), 'The order of events differs.');
  sameFrames(framesOf(got), framesOf(wanted));
  checkTracks(tracksOf(got), tracksOf(wanted));
}

/** Each frame belongs to the configuration that was told last. */
function checkOrder(events: readonly MediaEvent[]): void {
  const current = new Map<number, Track>();
  for (const event of events) {
    if (event.type === 'track') current.set(event.track.id, event.track);
    else check(current.get(event.frame.track.id) === event.frame.track, 'A frame is of a track that is not in force.');
  }
}

function throwsProtocolError(run: () => void): boolean {
  try {
    run();
  } catch (error) {
    return error instanceof ProtocolError;
  }
  return false;
}

function check(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence);
}
