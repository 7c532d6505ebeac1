import { equalBytes } from '../../media/bytes/bytes.ts';
import { Blocks } from '../../media/bytes/blocks.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import { carriageOf } from './carriage.ts';
import { Lineup } from './lineup.ts';
import { adaptationFlag, PACKET, PES_FIXED, PES_TIME } from './packet.ts';
import { PacketWriter, type Pes } from './packet-writer.ts';
import { payloadOf } from './payload.ts';
import { tsTicks } from './ticks.ts';

const EMPTY = new Uint8Array(0);

/** Tables come at least this often; ETSI TR 101 290 asks for half a second. µs */
const TABLES_EVERY = 400 * MILLISECOND;
/** The clock comes at least this often; ISO/IEC 13818-1, 2.7.2, asks for 100 ms. µs */
const CLOCK_EVERY = 80 * MILLISECOND;
/** The clock is this far behind the decode times: what players keep of bytes before they decode them. µs */
const CLOCK_BEHIND = 200 * MILLISECOND;
/** A step back of the clock by more than the first, or ahead by more than the second, is a jump and marked as one. µs */
const JUMP = { back: SECOND, ahead: 10 * SECOND } as const;
/** Bytes of a PES packet that is not of pictures: its length has 16 bits. */
const MAX_PES = 0xffff - PES_FIXED - 2 * PES_TIME;

/** Writes frames as MPEG-TS, one PES packet each, and tables and clock where they are due. */
export class TsWriter {
  readonly #blocks = new Blocks();
  readonly #packets = new PacketWriter();
  readonly #lineup = new Lineup();
  /** Nobody has told the tracks yet; those are known whose frames came. */
  #guessed = true;
  /** The configuration in which each track was written last. */
  readonly #configs = new Map<number, Track>();
  /** Times of the last tables and of the last clock, µs. */
  #tablesAt: number | undefined;
  #clockAt: number | undefined;

  /** The tables of some tracks as who begins to read gets them: the same bytes for the same tracks. */
  header(tracks: readonly Track[]): Uint8Array {
    if (this.#guessed) this.tell(tracks);
    return this.#lineup.tablesOf(tracks);
  }

  /** Puts tracks in force; true where tables that were written so far are out of date. */
  tell(tracks: readonly Track[]): boolean {
    this.#guessed = false;
    const changed = this.#lineup.set(tracks);
    if (changed) this.#tablesAt = undefined;
    return changed;
  }

  /** The tables of some tracks between frames; they are counted where they are those in force. */
  tables(tracks: readonly Track[]): Uint8Array {
    const tables = this.header(tracks);
    if (!equalBytes(tables, this.#lineup.tables)) return tables;
    const out = new Uint8Array(tables.length);
    this.#packets.putReady(out, 0, tables);
    return out;
  }

  /** The packets of one frame, with tables and the clock where `begins` or when they are due; empty for what cannot be carried. */
  write(frame: Frame, begins = false): Uint8Array {
    const { track } = frame;
    const carriage = carriageOf(track);
    if (!carriage) return EMPTY;
    const payload = payloadOf(frame, carriage, frame.key || this.#configs.get(track.id) !== track);
    if (!payload) return EMPTY;
    const { pid, streamId } = carriage;
    if (track.kind !== 'video' && payload.head.length + payload.data.length > MAX_PES) return EMPTY;
    this.#configs.set(track.id, track);
    if (!this.#lineup.tracks.includes(track)) this.#meet(track);

    const tables = begins || this.#tablesDue(frame) ? this.#lineup.tables : EMPTY;
    const { clock } = this.#lineup;
    const due = this.#clockDue(frame, begins || pid === clock);
    const apart = due !== undefined && pid !== clock;
    const random = track.kind === 'video' && frame.key ? adaptationFlag.randomAccess : 0;
    const pes: Pes = {
      pid,
      streamId,
      pts: tsTicks(frame.pts),
      dts: tsTicks(frame.dts),
      payload,
      pcr: apart ? undefined : due?.pcr,
      flags: random | (apart ? 0 : (due?.flags ?? 0)),
    };
    const out = this.#blocks.allocate(tables.length + (apart ? PACKET : 0) + this.#packets.sizeOf(pes));
    let at = 0;
    if (tables.length > 0) {
      at = this.#packets.putReady(out, at, tables);
      this.#tablesAt = frame.dts;
    }
    if (apart) at = this.#packets.putClock(out, at, { pid: clock, ...due });
    this.#packets.write(out, at, pes);
    return out;
  }

  /** A track that nobody told of, or in another configuration. */
  #meet(track: Track): void {
    const others = this.#lineup.tracks.filter(({ id }) => id !== track.id);
    if (this.#lineup.set([...others, track])) this.#tablesAt = undefined;
  }

  /** As long as tracks are only guessed there are no tables: every reader had a header, which knows better. */
  #tablesDue({ dts, key, track }: Frame): boolean {
    if (this.#guessed) return false;
    if (this.#tablesAt === undefined || (key && track.kind === 'video')) return true;
    const since = dts - this.#tablesAt;
    return since >= TABLES_EVERY || since < -JUMP.back;
  }

  /** What the clock says now; undefined while it may be silent, unless it is to speak, if time goes on. */
  #clockDue({ dts }: Frame, speaks: boolean): { pcr: number; flags: number } | undefined {
    const since = this.#clockAt === undefined ? Infinity : dts - this.#clockAt;
    const jumped = since < -JUMP.back || since > JUMP.ahead;
    if (!jumped && since < (speaks ? 1 : CLOCK_EVERY)) return undefined;
    const marked = jumped && this.#clockAt !== undefined;
    this.#clockAt = dts;
    return { pcr: tsTicks(dts - CLOCK_BEHIND), flags: marked ? adaptationFlag.discontinuity : 0 };
  }
}
