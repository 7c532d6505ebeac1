import { describe, expect, test } from 'vitest';
import type { Codec } from '../../media/frame.ts';
import { CodecSets } from './codec-sets.ts';

const all: Codec[] = ['h265', 'av1', 'vp9', 'vp8', 'opus'];
/** Many different sets; those of one codec are the 1st, 2nd, 4th, 8th and 16th. */
const sets = Array.from({ length: 31 }, (_, bits) => new Set(all.filter((_codec, index) => ((bits + 1) >> index) & 1)));
const PATH = 'live/a';

describe('sets of codecs', () => {
  test('are what each player announced', () => {
    const codecs = new CodecSets();
    expect(codecs.join(PATH, sets[4]!).reads).toBe(sets[4]);
    expect(codecs.join(PATH, new Set()).reads.size).toBe(0);
  });

  test('are at most sixteen at a time; one more shares the largest of these that it can read', () => {
    const codecs = new CodecSets();
    for (const set of sets.slice(0, 16)) codecs.join(PATH, set);
    expect(codecs.join(PATH, sets[0]!).reads).toBe(sets[0]);
    // The first fifteen are all that can be made of four codecs, so that Opus is what is left out.
    const share = codecs.join(PATH, sets[30]!);
    expect([...share.reads]).toEqual(['h265', 'av1', 'vp9', 'vp8']);
    expect(share.name).toBe('av1 h265 vp8 vp9');
  });

  test('are those of plain RTMP where there are sixteen others that it cannot read', () => {
    const codecs = new CodecSets();
    for (const set of sets.slice(15)) codecs.join(PATH, set);
    expect(codecs.join(PATH, sets[0]!)).toMatchObject({ reads: new Set(), name: '' });
  });

  test('of one stream leave those of another alone', () => {
    const codecs = new CodecSets();
    for (const set of sets) codecs.join(PATH, set);
    expect(codecs.join('live/b', sets[30]!).reads).toBe(sets[30]);
  });

  test('make room when their last player leaves, however often it says so', () => {
    const codecs = new CodecSets();
    const shares = sets.slice(0, 16).map((set) => codecs.join(PATH, set));
    const second = codecs.join(PATH, sets[0]!);
    shares[0]!.leave();
    shares[0]!.leave();
    expect(codecs.join(PATH, sets[20]!).reads).not.toBe(sets[20]);
    second.leave();
    expect(codecs.join(PATH, sets[20]!).reads).toBe(sets[20]);
  });

  test('that are shared stay in use until the last who shares them leaves', () => {
    const codecs = new CodecSets();
    const shares = sets.slice(0, 16).map((set) => codecs.join(PATH, set));
    const guest = codecs.join(PATH, sets[30]!);
    for (const share of shares) share.leave();
    const others = sets.slice(15, 30).map((set) => codecs.join(PATH, set));
    expect(others.map(({ reads }) => reads)).toEqual(sets.slice(15, 30));
    expect(codecs.join(PATH, sets[30]!).name).toBe(guest.name);
    guest.leave();
  });
});
