import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { buildObu, joinObus, obuLimits, type ObuLimits, type ObuSpan, obuType, splitObus } from './av1-obu.ts';
import { type Av1Samples, parseSequenceHeader } from './av1-sequence.ts';

/** Marker bit and version 1. */
const VERSION = 0x81;
const HEAD = 4;
const DELAY_PRESENT = 0x10;

/** The content of an av1C: AV1CodecConfigurationRecord (AV1 in ISOBMFF, 2.3). */
export interface Av1Config extends Av1Samples {
  profile: number;
  /** seq_level_idx of the first operating point. */
  level: number;
  tier: 0 | 1;
  /** Frames to decode before the first is shown, where it is told. */
  presentationDelay?: number;
  /** The sequence header, and metadata that holds for the whole stream; as they are, with their sizes. */
  obus: Uint8Array;
}

/**
 * Reads an av1C; `obus` is a view of `bytes`.
 *
 * @throws ProtocolError for what is no av1C of version 1, and above the limit.
 */
export function parseAv1Config(bytes: Uint8Array, limits: ObuLimits = obuLimits): Av1Config {
  if (bytes.length < HEAD || bytes[0] !== VERSION) throw new ProtocolError('The AV1 config is not an av1C.');
  if (bytes.length > limits.config) {
    throw new ProtocolError(`The AV1 config has more than ${limits.config} bytes.`, 'limit-exceeded');
  }
  const format = bytes[2]!;
  const delay = bytes[3]!;
  const config: Av1Config = {
    profile: bytes[1]! >> 5,
    level: bytes[1]! & 0x1f,
    tier: (format & 0x80) === 0 ? 0 : 1,
    highBitDepth: (format & 0x40) !== 0,
    twelveBit: (format & 0x20) !== 0,
    monochrome: (format & 0x10) !== 0,
    subsamplingX: (format & 0x08) === 0 ? 0 : 1,
    subsamplingY: (format & 0x04) === 0 ? 0 : 1,
    chromaPosition: format & 3,
    obus: bytes.subarray(HEAD),
  };
  if ((delay & DELAY_PRESENT) !== 0) config.presentationDelay = (delay & 15) + 1;
  return config;
}

/** Writes an av1C. */
export function buildAv1Config(config: Av1Config): Uint8Array {
  const format =
    (config.tier << 7) |
    (config.highBitDepth ? 0x40 : 0) |
    (config.twelveBit ? 0x20 : 0) |
    (config.monochrome ? 0x10 : 0) |
    (config.subsamplingX << 3) |
    (config.subsamplingY << 2) |
    config.chromaPosition;
  const delay = config.presentationDelay === undefined ? 0 : DELAY_PRESENT | (config.presentationDelay - 1);
  return concatBytes([Uint8Array.of(VERSION, (config.profile << 5) | config.level, format, delay), config.obus]);
}

/** The av1C of a sequence header's payload. Undefined where it cannot be read so far that one can be made. */
export function av1ConfigOf(payload: Uint8Array): Uint8Array | undefined {
  const config = contentOf(payload);
  return config && buildAv1Config(config);
}

/**
 * The av1C of the sequence header in another one, with that one's delay and the metadata behind the sequence header.
 * Undefined where it cannot be read so far that one can be made.
 */
export function rebuildAv1Config(from: Av1Config, payload: Uint8Array, limits: ObuLimits): Uint8Array | undefined {
  const config = contentOf(payload);
  if (!config) return undefined;
  const metadata = splitObus(from.obus, limits).filter(({ type }) => type === obuType.metadata);
  const delay = from.presentationDelay === undefined ? {} : { presentationDelay: from.presentationDelay };
  return buildAv1Config({ ...config, ...delay, obus: concatBytes([config.obus, joinObus(from.obus, metadata)]) });
}

function contentOf(payload: Uint8Array): Av1Config | undefined {
  const sequence = parseSequenceHeader(payload);
  const [point] = sequence?.points ?? [];
  if (!sequence?.format || !point) return undefined;
  return {
    profile: sequence.profile,
    level: point.level,
    tier: point.tier,
    ...sequence.format,
    obus: buildObu(obuType.sequenceHeader, payload),
  };
}

/**
 * The payload of the first sequence header among OBUs, a view; undefined where there is none.
 *
 * @throws ProtocolError above the limits.
 */
export function sequenceHeaderIn(obus: Uint8Array, limits: ObuLimits = obuLimits): Uint8Array | undefined {
  const span = splitObus(obus, limits).find(({ type }) => type === obuType.sequenceHeader);
  const payload = span && sequencePayload(obus, span, limits);
  return payload?.length ? payload : undefined;
}

/**
 * The payload of the sequence header at `span`, a view.
 *
 * @throws ProtocolError above the limit.
 */
export function sequencePayload(obus: Uint8Array, span: ObuSpan, limits: ObuLimits): Uint8Array {
  if (span.end - span.payload > limits.sequenceHeader) {
    throw new ProtocolError(`A sequence header has more than ${limits.sequenceHeader} bytes.`, 'limit-exceeded');
  }
  return obus.subarray(span.payload, span.end);
}
