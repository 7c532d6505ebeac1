import { createVideoReader } from '../../media/codec/readers.ts';
import { codecs } from '../../media/codec/table.ts';
import { parseSps } from '../../media/codec/h264-sps.ts';
import { parseAvcConfig } from '../../media/codec/h264-config.ts';
import { joinLengthPrefixed, nalLimits, type NalSpan } from '../../media/codec/nal.ts';
import { unlessBroken } from '../../media/codec/unless-broken.ts';
import type { VideoReader } from '../../media/codec/video-reader.ts';
import type { Track } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import type { Findings } from '../findings.ts';
import { LaneRoom } from './lane-room.ts';
import type { LaneTimes, Times } from './lane-times.ts';
import type { Lane, PesHead } from './pes-reader.ts';
import { h264Place, h265Place, type NalPlace, PLACE_BYTES } from './unit-starts.ts';

const NO_CONFIG = new Uint8Array(0);
/** How long a picture is shown where nobody says. µs */
const USUAL_STEP: number = SECOND / 25;
/** Bytes of a start code but for zeros in front. */
const START_CODE = 3;
/** PES packets of pictures that are as long as their length can say may be parts of larger ones. */
const LONGEST = 0xf000;

/** The access unit that is being put together. */
interface Unit {
  /** Where it begins in the room, and where each of its NAL units does behind the start code. */
  start: number;
  nals: number[];
  times: Times | undefined;
  /** Pictures in it: two are the fields of one frame. */
  pictures: number;
}

/**
 * One track of H.264 or H.265: cuts the elementary stream into access units, wherever PES packets begin and end. A
 * picture is passed on when the next one begins; at once where its PES packet tells its own length and that it is
 * aligned, unless the stream turns out to cut pictures in pieces.
 */
export class VideoLane implements Lane {
  readonly #id: number;
  readonly #codec: 'h264' | 'h265';
  readonly #found: Findings;
  readonly #times: LaneTimes;
  readonly #captions: Track | undefined;
  readonly #reader: VideoReader;
  readonly #place: (bytes: Uint8Array, at: number) => NalPlace;
  readonly #room = new LaneRoom();
  #track: Track | undefined;
  #captioned = false;
  /** From where on start codes are looked for. */
  #scanned = 0;
  #unit: Unit | undefined;
  /** What the last PES header told, for the first access unit from there on. */
  #mark: { at: number; times: Times } | undefined;
  #whole = false;
  #fresh = false;
  /** Pictures were cut in pieces though their PES packets seemed whole. */
  #pieces = false;
  /** The last picture was passed on before the next one began. */
  #early = false;
  #interlaced = false;
  #step = USUAL_STEP;

  /** `captions` is the track of those in the pictures, where they are wanted. */
  constructor(options: {
    id: number;
    codec: 'h264' | 'h265';
    found: Findings;
    times: LaneTimes;
    captions?: number | undefined;
  }) {
    this.#id = options.id;
    this.#codec = options.codec;
    this.#found = options.found;
    this.#times = options.times;
    this.#reader = createVideoReader(options.codec, nalLimits);
    this.#place = options.codec === 'h264' ? h264Place : h265Place;
    if (options.captions !== undefined) {
      this.#captions = { id: options.captions, kind: 'data', codec: 'captions', config: NO_CONFIG };
    }
  }

  begin(head: PesHead): void {
    const times = this.#times.told(head);
    if (times) this.#mark = { at: this.#room.length, times };
    this.#whole = head.aligned && (head.size ?? 0) < LONGEST && !this.#pieces;
    this.#fresh = true;
  }

  append(payload: Uint8Array): void {
    this.#room.append(payload);
    // The first bytes tell whether the picture before is complete.
    if (this.#fresh && this.#unit) this.#scan(false);
    this.#fresh = false;
  }

  finish(): void {
    this.#scan(false);
    if (this.#whole) this.end();
    else this.#compact();
  }

  spoil(): void {
    if (this.#unit || this.#room.length > 0) this.#found.drop();
    this.#unit = undefined;
    this.#mark = undefined;
    this.#early = false;
    this.#scanned = 0;
    this.#room.clear();
  }

  /** Passes on what waits for the beginning of the next access unit. */
  end(): void {
    this.#scan(true);
    const early = this.#unit !== undefined;
    if (this.#unit) this.#emit(this.#room.length);
    else this.#checkLead(this.#room.length);
    this.#early = early;
    this.#room.drop(this.#room.length);
    this.#scanned = 0;
    this.#mark = undefined;
  }

  #scan(last: boolean): void {
    const { bytes } = this.#room;
    // What a NAL unit is shows in the bytes behind its start code, which may still be missing.
    const end = last ? bytes.length - 1 : bytes.length - PLACE_BYTES;
    let at = Math.max(this.#scanned, 2);
    while (at < end) {
      const byte = bytes[at]!;
      if (byte > 1) at += 3;
      else if (byte === 0 || bytes[at - 1] !== 0 || bytes[at - 2] !== 0) at += byte === 0 ? 1 : 3;
      else {
        this.#nal(bytes, at);
        at += 3;
      }
    }
    this.#scanned = at;
  }

  /** A start code ends at `one`. */
  #nal(bytes: Uint8Array, one: number): void {
    const place = this.#place(bytes, one + 1);
    const code = one - 2;
    if (this.#begins(place, code)) {
      const start = bytes[code - 1] === 0 ? code - 1 : code;
      if (this.#unit) this.#emit(start);
      else this.#checkLead(start);
      this.#early = false;
      this.#unit = { start, nals: [], times: this.#claim(code), pictures: 0 };
    }
    if (!this.#unit) return;
    if (place === 'first') this.#unit.pictures++;
    const { nals } = this.#unit;
    if (place === 'delimiter' && nals.length === 0) return;
    // One more than may be, so that whoever reads it sees that there are too many.
    if (nals.length <= nalLimits.count) nals.push(one + 1);
  }

  #begins(place: NalPlace, code: number): boolean {
    if (place === 'other' || place === 'picture') return false;
    const unit = this.#unit;
    if (!unit) return true;
    if (place !== 'delimiter' && unit.pictures === 0) return false;
    // The second field of a frame has no time of its own.
    const marked = this.#mark !== undefined && this.#mark.at <= code;
    return marked || !this.#interlaced || unit.pictures !== 1;
  }

  /** Bytes in front of a first access unit: the end of one that was passed on already, or of one that is lost. */
  #checkLead(start: number): void {
    if (!this.#early || start <= PLACE_BYTES) return;
    this.#pieces = true;
    this.#found.drop();
  }

  #claim(code: number): Times | undefined {
    if (!this.#mark || this.#mark.at > code) return undefined;
    const { times } = this.#mark;
    this.#mark = undefined;
    return times;
  }

  /** Moves what is left to the front. */
  #compact(): void {
    const start = this.#unit?.start ?? Math.max(0, this.#room.length - PLACE_BYTES - 1);
    if (start === 0) return;
    this.#room.drop(start);
    this.#scanned = Math.max(0, this.#scanned - start);
    if (this.#unit) {
      this.#unit.start = 0;
      this.#unit.nals = this.#unit.nals.map((at) => at - start);
    }
    if (this.#mark) this.#mark.at = Math.max(0, this.#mark.at - start);
  }

  #emit(end: number): void {
    const { nals, times } = this.#unit!;
    this.#unit = undefined;
    const unit = this.#reader.read(joinLengthPrefixed(this.#room.bytes, spansOf(this.#room.bytes, nals, end)));
    this.#adopt(unit.config);
    if (unit.data.length === 0) return;
    const { last } = this.#times;
    const { dts: told, pts } = times ?? timesAfter(last, this.#step);
    if (!this.#track || told === undefined) {
      this.#found.drop();
      return;
    }
    const dts = this.#times.next(told);
    if (unit.captions) this.#caption(unit.captions, { dts, pts });
    this.#found.frame({ track: this.#track, dts, pts, key: unit.key, data: unit.data });
  }

  #adopt(config: Uint8Array | undefined): void {
    if (!config) return;
    this.#track = { id: this.#id, kind: 'video', codec: this.#codec, config };
    const { frameRate } = codecs[this.#codec].describe(config);
    this.#step = frameRate ? SECOND / frameRate : USUAL_STEP;
    this.#interlaced = this.#codec === 'h264' && isInterlaced(config);
    this.#found.track(this.#track);
  }

  #caption(data: Uint8Array, times: Times): void {
    if (!this.#captions) return;
    if (!this.#captioned) {
      this.#captioned = true;
      this.#found.track(this.#captions);
    }
    this.#found.frame({ track: this.#captions, ...times, key: true, data });
  }
}

function timesAfter(last: number | undefined, step: number): Partial<Times> & { pts: number } {
  if (last === undefined) return { pts: 0 };
  const dts = Math.round(last + step);
  return { dts, pts: dts };
}

/** The NAL units without the start codes between them, and the zeros that may stand before those. */
function spansOf(bytes: Uint8Array, nals: readonly number[], last: number): NalSpan[] {
  return nals.map((start, index) => {
    const next = nals[index + 1];
    let end = next === undefined ? last : next - START_CODE;
    while (end > start && bytes[end - 1] === 0) end--;
    return { start, end };
  });
}

function isInterlaced(config: Uint8Array): boolean {
  const [sps] = unlessBroken(() => parseAvcConfig(config))?.sps ?? [];
  return (sps && parseSps(sps)?.interlaced) ?? false;
}
