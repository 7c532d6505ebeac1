import { type Av1Config, parseAv1Config, sequenceHeaderIn } from './av1-config.ts';
import { type Av1Sequence, parseSequenceHeader } from './av1-sequence.ts';
import type { CodecDefinition, CodecInfo, Color } from './codec.ts';
import { isTold, knownColor } from './color.ts';
import { levelName } from './level.ts';
import { putSize } from './picture-size.ts';
import { unlessBroken } from './unless-broken.ts';

const PROFILES: readonly string[] = ['Main', 'High', 'Professional'];

/** seq_level_idx of no level at all (AV1, A.3). */
const NO_LEVEL = 31;
/** BT.709, which holds where nothing else is told (AV1 in ISOBMFF, 5). */
const USUAL: Color = { primaries: 1, transfer: 1, matrix: 1, fullRange: false };
/** The part of the string that is left away where it says nothing new. */
const USUAL_PART = '.0.110.01.01.01.0';

/** AV1 (AV1 Bitstream & Decoding Process); the config is an av1C. */
export const av1: CodecDefinition = { name: 'av1', kind: 'video', title: 'AV1', describe };

function describe(bytes: Uint8Array): CodecInfo {
  const config = unlessBroken(() => parseAv1Config(bytes));
  if (!config) return {};
  const sequence = sequenceOf(config);
  const info: CodecInfo = {
    codecs: av1Codecs(config, colorOf(sequence)),
    profile: PROFILES[config.profile] ?? `profile ${config.profile}`,
    bitDepth: bitDepth(config),
  };
  if (config.level < NO_LEVEL) info.level = levelName(20 + 10 * (config.level >> 2) + (config.level & 3));
  if (!sequence) return info;
  putSize(info, sequence);
  if (sequence.frameRate !== undefined) info.frameRate = sequence.frameRate;
  const color = sequence.format && knownColor(sequence.format.color);
  if (color) info.color = color;
  return info;
}

function sequenceOf({ obus }: Av1Config): Av1Sequence | undefined {
  const payload = unlessBroken(() => sequenceHeaderIn(obus));
  return payload && parseSequenceHeader(payload);
}

function colorOf(sequence: Av1Sequence | undefined): Color {
  if (!sequence?.format) return USUAL;
  const { color } = sequence.format;
  return isTold(color) ? color : { ...USUAL, fullRange: color.fullRange };
}

/** `av01.P.LLT.DD`, and what follows it where chroma or colours are not the usual ones (AV1 in ISOBMFF, 5). */
export function av1Codecs(config: Omit<Av1Config, 'obus'>, color: Color = USUAL): string {
  const { subsamplingX: x, subsamplingY: y } = config;
  const chroma = `.${config.monochrome ? 1 : 0}.${x}${y}${x === 1 && y === 1 ? config.chromaPosition : 0}`;
  const points = [color.primaries, color.transfer, color.matrix].map((point) => `.${two(point)}`).join('');
  const part = `${chroma}${points}.${color.fullRange ? 1 : 0}`;
  const tier = config.tier === 1 ? 'H' : 'M';
  return `av01.${config.profile}.${two(config.level)}${tier}.${two(bitDepth(config))}${part === USUAL_PART ? '' : part}`;
}

function bitDepth({ highBitDepth, twelveBit }: Pick<Av1Config, 'highBitDepth' | 'twelveBit'>): number {
  if (!highBitDepth) return 8;
  return twelveBit ? 12 : 10;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
