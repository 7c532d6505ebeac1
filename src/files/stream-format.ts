import type { Demuxer, MediaEvent, Unsupported } from '../containers/demuxer.ts';
import { FlvDemuxer } from '../containers/flv/index.ts';
import { Mp4Demuxer } from '../containers/mp4/index.ts';
import { TsDemuxer } from '../containers/ts/index.ts';

/** A demuxer, and what else it can say. */
export interface StreamDemuxer extends Demuxer {
  /** Codecs that came and cannot be read. */
  readonly unsupported: readonly Unsupported[];
  /** What still waited for its end, where anything does; nothing is pushed any more. */
  end?(): MediaEvent[];
}

/** A container that is read as it comes, from its first byte on. */
export interface StreamFormat {
  readonly name: 'flv' | 'mp4' | 'ts';
  open(): StreamDemuxer;
}

/** Bytes that tell the format: two packets of MPEG-TS, be they 188 bytes or, with a time before each, 192. */
export const TELLING: number = 2 * 192;

const FLV = [0x46, 0x4c, 0x56] as const;
const TS_SYNC = 0x47;
/** Where packets begin, and how long they are: plain ones, those of a camera, those with codes against errors. */
const TS_PACKETS = [
  [0, 188],
  [4, 192],
  [0, 204],
] as const;
/** Boxes with which MP4 begins. */
const BOX_TYPE = /^(?:ftyp|styp|moov|moof|sidx|emsg|prft|free|skip|wide|pdin|uuid)$/;

/** FLV (Video File Format Specification 10.1, Annex E). */
export const flvFormat: StreamFormat = { name: 'flv', open: () => new FlvStreamDemuxer() };
/** Fragmented MP4. */
export const mp4Format: StreamFormat = { name: 'mp4', open: () => new Mp4Demuxer() };
/** MPEG-TS. */
export const tsFormat: StreamFormat = { name: 'ts', open: () => new TsDemuxer() };

/**
 * The format of what begins with these bytes, up to `TELLING` of them; undefined where it is none that can be read as it
 * comes. An MP4 file with an index begins as a fragmented one does.
 */
export function streamFormatOf(head: Uint8Array): StreamFormat | undefined {
  if (FLV.every((byte, index) => head[index] === byte)) return flvFormat;
  if (isTs(head)) return tsFormat;
  return BOX_TYPE.test(String.fromCharCode(...head.subarray(4, 8))) ? mp4Format : undefined;
}

function isTs(head: Uint8Array): boolean {
  return TS_PACKETS.some(
    ([first, length]) => head[first] === TS_SYNC && (head.length <= first + length || head[first + length] === TS_SYNC),
  );
}

class FlvStreamDemuxer extends FlvDemuxer implements StreamDemuxer {
  get unsupported(): readonly Unsupported[] {
    return this.decoder.unsupported;
  }
}
