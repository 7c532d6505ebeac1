import { describe, expect, test } from 'vitest';
import type { Codec } from '../../media/frame.ts';
import { CodecSets } from './codec-sets.ts';

const all: Codec[] = ['h265', 'av1', 'vp9', 'vp8', 'opus'];
/** Many different sets. */
const sets = Array.from({ length: 31 }, (_, bits) => new Set(all.filter((_codec, index) => ((bits + 1) >> index) & 1)));

describe('sets of codecs', () => {
  test('are what each player announced', () => {
    const codecs = new CodecSets();
    expect(codecs.join(sets[4]!).reads).toBe(sets[4]);
    expect(codecs.join(new Set()).reads.size).toBe(0);
  });

  test('are at most sixteen at a time; one more plays what plain RTMP has', () => {
    const codecs = new CodecSets();
    const shares = sets.map((set) => codecs.join(set));
    expect(shares.filter(({ reads }) => reads.size > 0)).toHaveLength(16);
    expect(codecs.join(sets[0]!).reads).toBe(sets[0]);
    expect(codecs.join(sets[20]!).reads.size).toBe(0);
  });

  test('make room when their last player leaves, however often it says so', () => {
    const codecs = new CodecSets();
    const shares = sets.slice(0, 16).map((set) => codecs.join(set));
    const second = codecs.join(sets[0]!);
    shares[0]!.leave();
    shares[0]!.leave();
    expect(codecs.join(sets[20]!).reads.size).toBe(0);
    second.leave();
    expect(codecs.join(sets[20]!).reads).toBe(sets[20]);
  });
});
