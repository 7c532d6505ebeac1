import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { fromHex } from '../bytes/hex.ts';
import type { Codec } from '../frame.ts';
import { flacFrameCases, mp3FrameCases, ac3FrameCases, eac3Frame } from './audio-frame-cases.ts';
import { MAX_PACKETS } from './audio-reader.ts';
import { avcCases } from './h264-cases.ts';
import { hevcCases } from './h265-cases.ts';
import { nalLimits } from './nal.ts';
import { createAudioReader, createVideoReader } from './readers.ts';
import { MAX_UNIT } from './video-reader.ts';

/** ms of the processor, on a machine that is busy with other tests; most take a hundredth of it. */
const MAX_CPU = 4000;
/** All that a picture can have of captions: four messages. */
const MAX_CAPTIONS = 4 * 31 * 3;

/** One message of the largest size, of this over and over. */
function full(...parts: (string | Uint8Array)[]): Uint8Array {
  const [head, body] = parts.length > 1 ? parts : [new Uint8Array(0), ...parts];
  const bytes = new Uint8Array(MAX_UNIT);
  const [first, pattern] = [head, body].map((part) => (typeof part === 'string' ? fromHex(part) : part!));
  bytes.set(first!);
  const whole = bytes.length - ((bytes.length - first!.length) % pattern!.length);
  bytes.set(pattern!.subarray(0, whole - first!.length), first!.length);
  let at = first!.length + pattern!.length;
  for (let have = pattern!.length; at < whole; have *= 2) {
    const more = Math.min(have, whole - at);
    bytes.copyWithin(at, first!.length, first!.length + more);
    at += more;
  }
  return bytes.subarray(0, whole);
}

/** NAL units of `size` bytes with lengths, each of these bytes over and over behind its header. */
function nals(count: number, size: number, header: string, pattern: string): Uint8Array {
  const nal = fromHex(header + pattern.repeat(Math.ceil(size / (pattern.length / 2)))).subarray(0, size);
  return full(Uint8Array.of(0, 0, size >> 8, size & 0xff, ...nal)).subarray(0, count * (4 + size));
}

/** A message of 31 captions, and one of nothing that might be one. */
const CAPTIONS = `0468b500314741393403dfff${'fc9420'.repeat(31)}ff`;
const EMPTY = '04'.repeat(2) + 'b5000000';

function spent(run: () => void): number {
  const { user, system } = process.cpuUsage();
  run();
  const since = process.cpuUsage({ user, system });
  return (since.user + since.system) / 1000;
}

/** A limit may be what ends it. */
function unlessAbove<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    expect((error as ProtocolError).code).toBe('limit-exceeded');
    return undefined;
  }
}

describe('a message of 16 MiB is read in no time:', () => {
  test.each<[string, Codec, string, () => Uint8Array]>([
    ['ADTS without sound', 'aac', '', () => full('fff1508000e0fc')],
    ['ADTS without sound beside a config', 'aac', '1210', () => full('fff1508000e0fc')],
    ['short ADTS', 'aac', '', () => full('fff150800100fc21')],
    ['short MPEG audio', 'mp3', '', () => full(mp3FrameCases[0]!.bytes)],
    ['padding of Opus', 'opus', '', () => full('fb41', 'ff')],
    ['frames of Opus', 'opus', '', () => full('fbff', '00')],
    ['FLAC that does not end', 'flac', '', () => full(flacFrameCases[0]!.bytes.subarray(0, 7), '01')],
    ['short FLAC', 'flac', '', () => full(flacFrameCases[4]!.bytes)],
    ['short AC-3', 'ac3', '', () => full(ac3FrameCases[0]!.bytes)],
    ['short E-AC-3', 'eac3', '', () => full(eac3Frame({ words: 4, bits: '00 11 010 0 10000 11111 0 0 0 0' }))],
    [
      'parts of E-AC-3',
      'eac3',
      '',
      () => full(eac3Frame({ type: 1, words: 4, bits: '00 11 010 0 10000 11111 0 0 0 0' })),
    ],
    ['G.711', 'pcma', '0101', () => full('00')],
  ])('%s', (_, codec, config, make) => {
    const reader = createAudioReader(codec);
    if (config) reader.configure(fromHex(config));
    const bytes = make();
    let units = 0;
    expect(spent(() => (units = unlessAbove(() => reader.read(bytes))?.length ?? 0))).toBeLessThan(MAX_CPU);
    expect(units).toBeLessThanOrEqual(MAX_PACKETS);
  });

  test.each<[string, Codec, () => Uint8Array]>([
    ['H.264 of captions', 'h264', () => nals(1020, 16_000, '06', CAPTIONS)],
    ['H.264 of captions in long units', 'h264', () => nals(255, 64_000, '06', CAPTIONS)],
    ['H.264 of SEI without captions', 'h264', () => nals(1020, 16_000, '06', EMPTY)],
    ['H.264 of SEI of escapes', 'h264', () => nals(1020, 16_000, '06b5', '000003')],
    ['H.264 of SEI of threes', 'h264', () => nals(1020, 16_000, '06b5', '03')],
    ['H.264 of ones', 'h264', () => full('00000001', '01')],
    ['H.264 of zeros', 'h264', () => full('00000001', '00')],
    ['H.264 of empty NAL units', 'h264', () => full('00')],
    ['H.264 of start codes', 'h264', () => full('000001')],
    ['H.264 of short NAL units', 'h264', () => full('0000000141')],
    ['H.265 of captions', 'h265', () => nals(1020, 16_000, '4e01', CAPTIONS)],
    ['H.265 of ones', 'h265', () => full('00000001', '01')],
    ['AV1 of delimiters', 'av1', () => full('1200')],
    ['AV1 of sizes that go on', 'av1', () => full('32', '80')],
    ['AV1 of one OBU', 'av1', () => full('30')],
    ['VP9 of one frame', 'vp9', () => full('82498342')],
    ['VP9 of superframes', 'vp9', () => full('c7')],
    ['VP8', 'vp8', () => full('100200 9d012a 40016800')],
  ])('%s', (_, codec, make) => {
    const reader = createVideoReader(codec, nalLimits);
    const bytes = make();
    let captions = 0;
    const read = (): number => unlessAbove(() => reader.read(bytes))?.captions?.length ?? 0;
    expect(spent(() => (captions = read()))).toBeLessThan(MAX_CPU);
    expect(captions).toBeLessThanOrEqual(MAX_CAPTIONS);
  });
});

test.each<[string, Codec, Uint8Array]>([
  ['avcC', 'h264', avcCases[0]!.bytes],
  ['hvcC', 'h265', hevcCases[0]!.bytes],
  ['run of parameter sets', 'h264', fromHex('00000001')],
])('a %s of 16 MiB is above the limit', (_, codec, head) => {
  const reader = createVideoReader(codec, nalLimits);
  const run = (): unknown => reader.configure(full(head, '00'));
  expect(run).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
});
