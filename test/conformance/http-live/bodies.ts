import { Mp4Demuxer } from '../../../src/containers/mp4/mp4-demuxer.ts';
import { TS_ORIGIN } from '../../../src/containers/ts/ticks.ts';
import { toMs } from '../../../src/media/time.ts';

/** A picture or a sound that a viewer got. */
export interface Seen {
  kind: 'audio' | 'video' | 'data';
  key: boolean;
  /** Decode time, ms of the stream's clock. */
  timestamp: number;
}

/** Reads a body as it comes. */
export interface BodyReader {
  readonly media: readonly Seen[];
  /** The first thing that is not as the format says. */
  readonly fault: string | undefined;
  push(bytes: Uint8Array): void;
}

/** A key frame of sound is nothing special. */
const seen = (kind: Seen['kind'], key: boolean, timestamp: number): Seen => ({
  kind,
  key: key && kind === 'video',
  timestamp,
});

export class Mp4Body implements BodyReader {
  readonly media: Seen[] = [];
  fault: string | undefined;
  readonly #demuxer = new Mp4Demuxer();

  push(bytes: Uint8Array): void {
    try {
      for (const event of this.#demuxer.push(bytes)) {
        if (event.type === 'track') continue;
        const { track, key, dts } = event.frame;
        this.media.push(seen(track.kind, key, toMs(dts)));
      }
    } catch (error) {
      this.fault ??= String(error);
    }
  }
}

const PACKET = 188;
const SYNC = 0x47;
/** Ticks of the clock of PES (ISO/IEC 13818-1, 2.4.3.7) in a millisecond. */
const TICKS = 90;

/** Sees where pictures and sounds begin in MPEG-TS: an own reading of the format, which waits for no end of them. */
export class TsBody implements BodyReader {
  readonly media: Seen[] = [];
  fault: string | undefined;
  #rest: Buffer = Buffer.alloc(0);

  push(bytes: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (; this.#rest.length >= PACKET; this.#rest = this.#rest.subarray(PACKET)) this.#packet(this.#rest);
  }

  #packet(packet: Buffer): void {
    if (packet[0] !== SYNC) this.fault ??= 'a packet without its sync byte';
    const [begins, adapted] = [(packet[1]! & 0x40) !== 0, (packet[3]! & 0x20) !== 0];
    const pes = packet.subarray(adapted ? 5 + packet[4]! : 4, PACKET);
    if (!begins || pes.readUIntBE(0, 3) !== 1) return;
    const kind = pes[3]! >= 0xe0 && pes[3]! < 0xf0 ? 'video' : 'audio';
    const isRandomAccess = adapted && packet[4]! > 0 && (packet[5]! & 0x40) !== 0;
    // Where both are there the second one is the decode time (2.4.3.6).
    const ticks = timeAt(pes, (pes[7]! & 0x40) !== 0 ? 14 : 9);
    this.media.push(seen(kind, isRandomAccess, Math.round(ticks / TICKS) - toMs(TS_ORIGIN)));
  }
}

function timeAt(pes: Buffer, at: number): number {
  return ((pes[at]! >> 1) & 7) * 2 ** 30 + (pes.readUInt16BE(at + 1) >> 1) * 2 ** 15 + (pes.readUInt16BE(at + 3) >> 1);
}
