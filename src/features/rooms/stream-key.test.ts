import { describe, expect, test } from 'vitest';
import { hashStreamKey, isSameHash, makeStreamKey, weaknessOf } from './stream-key.ts';

describe('a generated stream key', () => {
  test('is rk_ and 32 characters of base32, all of which occur, and never the same', () => {
    const keys = Array.from({ length: 500 }, makeStreamKey);
    for (const key of keys) expect(key).toMatch(/^rk_[a-z2-7]{32}$/);
    expect(new Set(keys).size).toBe(500);
    expect(new Set(keys.join('').replaceAll('rk_', '')).size).toBe(32);
  });

  test('is never called weak', () => {
    for (let i = 0; i < 2000; i++) expect(weaknessOf(makeStreamKey())).toBeUndefined();
  });
});

describe('a key that somebody chose', () => {
  test.each([
    'aaaaaaaaaaaaaaaa',
    '1234567890123456',
    'abababababababab',
    '0123456789abcdef',
    'abcdefghijklmnop',
    'ponmlkjihgfedcba',
    'your-stream-key-here',
    'my-secret-stream-key-123',
    'changeme-changeme',
    'LIVE_STREAM_PASSWORD_2024',
    'nodemedia2017privatekey',
    '035c73f7-bb6b-4889-a715-d9eb2d1925cc',
    'rk_example_test_key',
  ])('%s is refused', (key) => {
    expect(weaknessOf(key)).toBeTypeOf('string');
  });

  test.each(['correct-horse-battery-staple', 'f3b1c8a2d94e4c7b', 'Zq8-nVx2_Lp0tRw7'])('%s will do', (key) => {
    expect(weaknessOf(key)).toBeUndefined();
  });
});

test('hashes are equal for equal keys only', () => {
  expect(isSameHash(hashStreamKey('a'), hashStreamKey('a'))).toBe(true);
  expect(isSameHash(hashStreamKey('a'), hashStreamKey('b'))).toBe(false);
  expect(isSameHash(hashStreamKey('a'), new Uint8Array(3))).toBe(false);
});
