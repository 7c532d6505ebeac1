import { describeTrack } from '../../media/codec/table.ts';
import type { Track } from '../../media/frame.ts';
import { box, fullBox, written } from './box-writer.ts';
import { audioSampleEntry } from './sample-entry-audio.ts';
import { aspectOf, videoSampleEntry } from './sample-entry-video.ts';
import { sampleFlags } from './sample-flags.ts';
import { timescaleOf } from './timescale.ts';

/** Everybody knows this one. */
const MAJOR_BRAND = 'iso5';
/** Signed composition offsets and 64-bit decode times need `iso6`, and HLS asks for it (RFC 8216bis, 3.1.2). */
const BRANDS = [MAJOR_BRAND, 'iso6', 'mp41'] as const;
/** CMAF with version 1 of `trun`, which has one track in a file (ISO/IEC 23000-19, 7.7). */
const SINGLE_TRACK = 'cmf2';
const MOVIE_TIMESCALE = 1000;
/** `und`, packed in three times five bits (ISO/IEC 14496-12, 8.4.2). */
const UNDETERMINED = 0x55c4;
/** track_enabled and track_in_movie (8.3.2). */
const ENABLED = 3;
/** The media data is in this file (8.7.2). */
const SELF_CONTAINED = 1;
const ONE = 0x0001_0000;
const MATRIX = [ONE, 0, 0, 0, ONE, 0, 0, 0, 0x4000_0000] as const;
const FULL_VOLUME = 0x0100;

/** The sample entry of a track; undefined where MP4 has no place for it, or its config cannot be read. */
export function sampleEntry(track: Track): Uint8Array | undefined {
  if (track.kind === 'video') return videoSampleEntry(track);
  return track.kind === 'audio' ? audioSampleEntry(track) : undefined;
}

/** True for what has a sample entry, and for ID3, which needs none. */
export function isCarried(track: Track): boolean {
  return track.codec === 'id3' || sampleEntry(track) !== undefined;
}

/**
 * `ftyp` and a `moov` without samples (ISO/IEC 14496-12, 4.3, 8.2, 8.8): what comes before fragments. Track ids are
 * those of the tracks. There is no edit list: composition offsets are signed, so that times are as they were given.
 */
export function initSegment(tracks: readonly Track[]): Uint8Array {
  const carried = tracks.flatMap((track) => {
    const entry = sampleEntry(track);
    return entry ? [{ track, entry }] : [];
  });
  const ids = carried.map(({ track }) => track.id);
  const brands = written((writer) => {
    writer.utf8(MAJOR_BRAND);
    writer.u32(0);
    for (const brand of BRANDS) writer.utf8(brand);
    if (carried.length === 1) writer.utf8(SINGLE_TRACK);
  });
  const moov = box(
    'moov',
    mvhd(Math.max(0, ...ids) + 1),
    ...carried.map(({ track, entry }) => trak(track, entry)),
    box('mvex', ...carried.map(({ track }) => trex(track))),
  );
  return written((writer) => {
    writer.bytes(box('ftyp', brands));
    writer.bytes(moov);
  });
}

function mvhd(nextId: number): Uint8Array {
  const content = written((writer) => {
    writer.u32(0); // created
    writer.u32(0); // changed
    writer.u32(MOVIE_TIMESCALE);
    writer.u32(0); // duration
    writer.u32(ONE); // rate
    writer.u16(FULL_VOLUME);
    writer.bytes(new Uint8Array(10));
    for (const number of MATRIX) writer.u32(number);
    writer.bytes(new Uint8Array(24));
    writer.u32(nextId);
  });
  return fullBox('mvhd', {}, content);
}

function trak(track: Track, entry: Uint8Array): Uint8Array {
  const stbl = box(
    'stbl',
    fullBox('stsd', {}, count(1), entry),
    fullBox('stts', {}, count(0)),
    fullBox('stsc', {}, count(0)),
    fullBox('stsz', {}, count(0), count(0)),
    fullBox('stco', {}, count(0)),
  );
  const dref = fullBox('dref', {}, count(1), fullBox('url ', { flags: SELF_CONTAINED }));
  const minf = box('minf', mediaHeader(track), box('dinf', dref), stbl);
  return box('trak', tkhd(track), box('mdia', mdhd(track), hdlr(track), minf));
}

function tkhd(track: Track): Uint8Array {
  const { width = 0, height = 0 } = track.kind === 'video' ? describeTrack(track) : {};
  const [x, y] = aspectOf(track);
  const content = written((writer) => {
    writer.u32(0); // created
    writer.u32(0); // changed
    writer.u32(track.id);
    writer.u32(0);
    writer.u32(0); // duration
    writer.bytes(new Uint8Array(8));
    writer.u16(0); // layer
    writer.u16(0); // alternate group
    writer.u16(track.kind === 'audio' ? FULL_VOLUME : 0);
    writer.u16(0);
    for (const number of MATRIX) writer.u32(number);
    writer.u32(Math.min(Math.round((width * ONE * x) / y), 0xffff_ffff));
    writer.u32(height * ONE);
  });
  return fullBox('tkhd', { flags: ENABLED }, content);
}

function mdhd(track: Track): Uint8Array {
  const content = written((writer) => {
    writer.u32(0); // created
    writer.u32(0); // changed
    writer.u32(timescaleOf(track));
    writer.u32(0); // duration
    writer.u16(UNDETERMINED);
    writer.u16(0);
  });
  return fullBox('mdhd', {}, content);
}

function hdlr({ kind }: Track): Uint8Array {
  const content = written((writer) => {
    writer.u32(0);
    writer.utf8(kind === 'video' ? 'vide' : 'soun');
    writer.bytes(new Uint8Array(12));
    writer.u8(0); // no name
  });
  return fullBox('hdlr', {}, content);
}

function mediaHeader({ kind }: Track): Uint8Array {
  return kind === 'video' ? fullBox('vmhd', { flags: 1 }, new Uint8Array(8)) : fullBox('smhd', {}, new Uint8Array(4));
}

function trex(track: Track): Uint8Array {
  const content = written((writer) => {
    writer.u32(track.id);
    writer.u32(1); // sample entry
    writer.u32(0); // duration
    writer.u32(0); // size
    writer.u32(track.kind === 'video' ? sampleFlags.picture : sampleFlags.key);
  });
  return fullBox('trex', {}, content);
}

function count(number: number): Uint8Array {
  return written((writer) => writer.u32(number));
}
