import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../media/bytes/hex.ts';
import { splitAggregate } from './message.ts';

const parts = (timestamp: number, hex: string): [number, number, string][] =>
  [...splitAggregate({ type: 22, streamId: 1, timestamp, body: fromHex(hex) })].map((part) => [
    part.type,
    part.timestamp,
    toHex(part.body),
  ]);

describe('an aggregate message', () => {
  const sound = '08 000002 000064 00 000000 af01 0000000d';
  const picture = '09 000003 00007d 00 000000 270102 0000000e';

  test('is split into its parts, with the time of the first its own', () => {
    expect(parts(1000, sound + picture)).toEqual([
      [8, 1000, 'af01'],
      [9, 1025, '270102'],
    ]);
  });

  test('has times of 32 bits, the highest byte last, and may cross their end', () => {
    const late = '08 000001 fffff6 ff 000000 aa 0000000c 08 000001 00000a 00 000000 bb 0000000c';
    expect(parts(5, late)).toEqual([
      [8, 5, 'aa'],
      [8, 25, 'bb'],
    ]);
  });

  test('leaves out what is neither sound, picture nor data', () => {
    expect(parts(0, `14 000001 000000 00 000000 05 0000000c 16 000000 000000 00 000000 0000000b ${sound}`)).toEqual([
      [8, 100, 'af01'],
    ]);
  });

  test('ends where a part is cut off', () => {
    expect(parts(0, `${sound} 09 0000ff 000000 00 000000 27`)).toEqual([[8, 0, 'af01']]);
    expect(parts(0, '08 0000')).toEqual([]);
  });
});
