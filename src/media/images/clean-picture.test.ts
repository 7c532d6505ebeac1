import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { unlessBroken } from '../codec/unless-broken.ts';
import { toHex } from '../bytes/hex.ts';
import { orientationSegment } from './exif-orientation.ts';
import { cleanPicture, type PictureLimits } from './clean-picture.ts';
import type { Picture } from './picture.ts';
import { bombs, dirty, photo, plain, refused, SECRET } from './picture-cases.ts';

const anything: PictureLimits = {
  types: ['image/png', 'image/gif', 'image/webp', 'image/jpeg'],
  minSide: 1,
  maxSide: 512,
  maxFrames: 10,
  maxDuration: 10_000,
};

const read = (bytes: Uint8Array, limits: Partial<PictureLimits> = {}): Picture =>
  cleanPicture(bytes, { ...anything, ...limits });

const faultOf = (read_: () => unknown): ProtocolError => {
  try {
    read_();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('It was taken.');
};

describe('a picture', () => {
  const told: Record<keyof typeof plain, Omit<Picture, 'bytes'>> = {
    png: { type: 'image/png', width: 16, height: 20, frames: 1, duration: 0 },
    movingPng: { type: 'image/png', width: 16, height: 16, frames: 2, duration: 200 },
    movingGif: { type: 'image/gif', width: 16, height: 20, frames: 2, duration: 200 },
    lossyWebp: { type: 'image/webp', width: 16, height: 20, frames: 1, duration: 0 },
    losslessWebp: { type: 'image/webp', width: 16, height: 20, frames: 1, duration: 0 },
    movingWebp: { type: 'image/webp', width: 16, height: 20, frames: 2, duration: 300 },
    jpeg: { type: 'image/jpeg', width: 16, height: 20, frames: 1, duration: 0 },
  };

  test.each(Object.entries(plain))('of nothing but pixels is told of and stays as it is: %s', (name, bytes) => {
    const { bytes: clean, ...picture } = read(bytes);
    expect(picture).toEqual(told[name as keyof typeof plain]);
    expect(toHex(clean)).toBe(toHex(bytes));
  });

  test.each(dirty)('loses what is not needed to show it: $name', ({ bytes, clean }) => {
    expect(Buffer.from(bytes).includes(SECRET)).toBe(true);
    expect(toHex(read(bytes).bytes)).toBe(toHex(clean));
  });

  test('of a camera loses its place and owner, and is still the right way up', () => {
    const { width, height, bytes } = read(photo);
    expect([width, height]).toEqual([20, 16]);
    const turn = toHex(orientationSegment(6));
    expect(toHex(bytes)).toContain(turn);
    expect(toHex(bytes).replace(turn, '')).toBe(toHex(plain.jpeg));
    for (const word of ['Ann', 'secret', 'GPS']) expect(Buffer.from(bytes).includes(word)).toBe(false);
  });

  test.each([...Object.entries(plain), ['photo', photo] as const])(
    'is refused wherever it is cut off: %s',
    (_, bytes) => {
      for (let length = 0; length < bytes.length; length++)
        expect(unlessBroken(() => read(bytes.subarray(0, length)))).toBeUndefined();
    },
  );

  test.each(refused)('is not what is something else, or something else, too: $name', ({ bytes }) => {
    expect(faultOf(() => read(bytes)).code).toBe('protocol-error');
  });

  test.each(Object.entries(plain))('with a byte changed is a picture of the same kind, or none: %s', (_, bytes) => {
    for (let at = 0; at < bytes.length; at++)
      for (const value of [0x00, 0x01, 0x7f, 0xff]) {
        const changed = unlessBroken(() => read(bytes.with(at, value)));
        if (changed) expect(toHex(read(changed.bytes).bytes)).toBe(toHex(changed.bytes));
      }
  });
});

describe('S-37 a picture that is too much', () => {
  test.each(bombs)('is refused by the size that it says, before anything is decoded: $name', ({ bytes, size }) => {
    expect(read(bytes, { maxSide: 50_000 })).toMatchObject(size);
    expect(faultOf(() => read(bytes))).toMatchObject({ code: 'limit-exceeded', message: expect.stringMatching(/512/) });
  });

  test('is one that is too small to be seen, has too many frames, or takes too long', () => {
    const faults = [
      faultOf(() => read(plain.png, { minSide: 17 })),
      faultOf(() => read(plain.movingGif, { maxFrames: 1 })),
      faultOf(() => read(plain.movingPng, { maxFrames: 1 })),
      faultOf(() => read(plain.movingWebp, { maxDuration: 299 })),
    ];
    expect(faults.map(({ code }) => code)).toEqual(Array.from(faults, () => 'limit-exceeded'));
    expect(faults.map(({ message }) => message)).toEqual([
      'The picture has less than 17 pixels on a side.',
      'The picture moves, which it may not here.',
      'The picture moves, which it may not here.',
      'The picture takes longer than 0.299 s.',
    ]);
    expect(faultOf(() => read(plain.png, { maxSide: 8 }))).toMatchObject({
      detail: { why: 'picture-large', limit: 8 },
    });
    expect(faults.map(({ detail }) => detail)).toEqual([
      { why: 'picture-small', limit: 17 },
      { why: 'picture-moves' },
      { why: 'picture-moves' },
      { why: 'picture-long', limit: 0.299 },
    ]);
  });

  test('is one of a kind that is not taken', () => {
    expect(faultOf(() => read(plain.jpeg, { types: ['image/png'] })).message).toMatch(/PNG/);
  });
});
