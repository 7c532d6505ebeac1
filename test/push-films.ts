import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { amfObject, encodeAmf0 } from '../src/containers/amf/index.ts';
import { codecSamples, sample } from '../src/containers/contract-samples.ts';
import { FlvMuxer, flvTag, tagType } from '../src/containers/flv/index.ts';
import { FlvReader } from '../src/files/recording-reader.ts';
import { concatBytes } from '../src/media/bytes/bytes.ts';
import type { Frame, Track } from '../src/media/frame.ts';
import { SECOND } from '../src/media/time.ts';
import { temporaryFolder } from './output.ts';
import { root } from './servers.ts';

/** A file and what is in it. */
export interface PushFilm {
  path: string;
  tracks: Track[];
  frames: Frame[];
}

export interface DemoFilmOptions {
  /** Seconds that sounds lie in the file behind the pictures of their time. */
  soundLag?: number;
  /** Seconds that the file says it has. */
  told?: number;
}

/** The beginning of the demo clip as a file: 30 pictures and some 47 sounds a second. */
export function demoFilm(seconds: number, { soundLag = 0, told }: DemoFilmOptions = {}): PushFilm {
  const reader = new FlvReader();
  const frames = reader.push(new Uint8Array(readFileSync(join(root, 'assets', 'demo.flv'))));
  const tracks = reader.tracks.filter(({ kind }) => kind !== 'data');
  const place = ({ track, dts }: Frame): number => dts + (track.kind === 'audio' ? soundLag * SECOND : 0);
  const inFile = frames.filter(({ dts }) => dts < seconds * SECOND).toSorted((a, b) => place(a) - place(b));
  const head = told === undefined ? [] : [encodeAmf0('onMetaData', amfObject({ duration: told }))];
  return written(
    tracks,
    inFile,
    head.map((body) => flvTag(tagType.script, 0, body)),
  );
}

/** A film of each codec that is not plain RTMP, beside H.264 or AAC: one second with a key frame every 400 ms. */
export function codecFilms(): { codec: string; film: PushFilm }[] {
  return codecSamples.map(({ track, key, next }) => {
    const pictures = track.kind === 'video' ? track : sample.video;
    const sounds = track.kind === 'audio' ? track : sample.audio;
    const frames = Array.from({ length: 26 }, (_, index): Frame[] => {
      const dts = index * 40_000;
      const isKey = index % 10 === 0;
      const picture = track.kind === 'video' ? (isKey ? key : next) : PICTURES[isKey ? 0 : 1]!;
      const sound = track.kind === 'audio' ? key : SOUND;
      return [
        { track: pictures, dts, pts: dts, key: isKey, data: picture },
        { track: sounds, dts, pts: dts, key: true, data: sound },
      ];
    }).flat();
    return { codec: track.codec, film: written([pictures, sounds], frames) };
  });
}

const PICTURES = [Uint8Array.of(0, 0, 0, 2, 0x65, 0x88), Uint8Array.of(0, 0, 0, 2, 0x41, 0x9a)];
const SOUND = Uint8Array.of(0x21, 0x10, 0x04);

function written(tracks: Track[], frames: Frame[], head: Uint8Array[] = []): PushFilm {
  const muxer = new FlvMuxer();
  const path = join(temporaryFolder(), 'film.flv');
  writeFileSync(path, concatBytes([muxer.header(tracks), ...head, ...frames.map((frame) => muxer.mux(frame))]));
  return { path, tracks, frames };
}
