import { concatBytes, equalBytes } from '../bytes/bytes.ts';
import { av1ConfigOf, parseAv1Config, rebuildAv1Config, sequenceHeaderIn, sequencePayload } from './av1-config.ts';
import { buildObu, joinObus, obuLimits, type ObuLimits, type ObuSpan, obuType, splitObus } from './av1-obu.ts';
import { ConfigBudget } from './config-budget.ts';
import type { AccessUnit, VideoReader } from './video-reader.ts';

/** The marker bit of an av1C; the first bit of an OBU is never set. */
const MARKER = 0x80;
/** reduced_still_picture_header, in the first byte of a sequence header. */
const REDUCED = 0x08;
/** The first bits of a frame header (AV1, 5.9.2): show_existing_frame, frame_type, show_frame. */
const FRAME_HEAD = 0xf0;
/** Not an existing frame, KEY_FRAME, shown. */
const SHOWN_KEY_FRAME = 0x10;

/** The types that frames carry. Decoders need no other, and MP4 takes no tile lists (AV1 in ISOBMFF, 2.4). */
const KEPT: ReadonlySet<number> = new Set([
  obuType.sequenceHeader,
  obuType.frameHeader,
  obuType.tileGroup,
  obuType.metadata,
  obuType.frame,
]);

const NOTHING = new Uint8Array(0);

/**
 * Turns the temporal units of one AV1 publisher into the form that frames have, and keeps the av1C of them. Key is a unit
 * whose first frame is a key frame that is shown, once a sequence header is known. A key frame that is shown later
 * (show_existing_frame) is none: what stands between may need frames from before.
 */
export class Av1Reader implements VideoReader {
  /** The av1C in force; undefined until a sequence header came. */
  config: Uint8Array | undefined;
  readonly #limits: ObuLimits;
  readonly #budget = new ConfigBudget();
  #source: Uint8Array | undefined;
  /** Payload of the sequence header in force. */
  #sequence: Uint8Array | undefined;

  constructor(limits: ObuLimits = obuLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a codec config: an av1C, or OBUs alone. Returns the av1C where it is new; undefined where it is the one in
   * force, or where there is no sequence header in it, which then is awaited in the units. FFmpeg sends an empty one
   * while its encoder has none yet. An av1C that can be read is put right: its first bytes may contradict its sequence
   * header, and it may have OBUs that are cut off or without sizes.
   *
   * @throws ProtocolError for an av1C of another version, above the limits, and where it changes too often.
   */
  configure(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length === 0 || (this.#source && equalBytes(this.#source, bytes))) return undefined;
    const isRecord = (bytes[0]! & MARKER) !== 0;
    const record = isRecord ? parseAv1Config(bytes, this.#limits) : undefined;
    const sequence = sequenceHeaderIn(record?.obus ?? bytes, this.#limits);
    if (!sequence) return undefined;
    if (!record) return this.#inBand(sequence);
    this.#source = bytes.slice();
    this.#sequence = sequence.slice();
    return this.#adopt(rebuildAv1Config(record, sequence, this.#limits) ?? this.#source);
  }

  /**
   * Reads one temporal unit. Its `data` is empty where there is no frame in it.
   *
   * @throws ProtocolError above the limits, and where the config changes too often.
   */
  read(bytes: Uint8Array): AccessUnit {
    const unit: AccessUnit = { data: bytes, key: false };
    const kept: ObuSpan[] = [];
    let size = 0;
    let framed = false;
    let announced = false;
    let inForce: Uint8Array | undefined;
    const spans = splitObus(bytes, this.#limits);
    for (const span of spans) {
      if (!KEPT.has(span.type)) continue;
      if (span.type === obuType.sequenceHeader) {
        const config = this.#inBand(sequencePayload(bytes, span, this.#limits));
        if (config) unit.config = config;
        if (!framed) announced = true;
      } else if (!framed && (span.type === obuType.frame || span.type === obuType.frameHeader)) {
        framed = true;
        inForce = this.#sequence;
        unit.key = isKey(bytes, span, inForce);
      }
      kept.push(span);
      if (span.sized) size += span.end - span.start;
    }
    if (!framed) {
      unit.data = NOTHING;
      if ((spans.at(-1)?.end ?? 0) < bytes.length) unit.damaged = true;
      return unit;
    }
    this.#budget.earn(size);
    if (size !== bytes.length) unit.data = joinObus(bytes, kept);
    if (unit.key && !announced) {
      unit.data = concatBytes([buildObu(obuType.sequenceHeader, inForce!), unit.data]);
    }
    return unit;
  }

  /** Takes a sequence header without an av1C around it. One that cannot be read changes nothing. */
  #inBand(sequence: Uint8Array): Uint8Array | undefined {
    if (this.#sequence && equalBytes(this.#sequence, sequence)) return undefined;
    const config = av1ConfigOf(sequence);
    if (!config) return undefined;
    this.#source = undefined; // the config from before would be news again
    this.#sequence = sequence.slice();
    return this.#adopt(config);
  }

  #adopt(config: Uint8Array): Uint8Array | undefined {
    if (this.config && equalBytes(this.config, config)) return undefined;
    this.#budget.spend(config.length);
    this.config = config;
    return config;
  }
}

function isKey(bytes: Uint8Array, { payload, end }: ObuSpan, sequence: Uint8Array | undefined): boolean {
  if (!sequence || payload === end) return false;
  return (sequence[0]! & REDUCED) !== 0 || (bytes[payload]! & FRAME_HEAD) === SHOWN_KEY_FRAME;
}
