import { expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { fromHex } from '../bytes/hex.ts';
import { G711Reader } from './g711.ts';

test('G.711 is a byte for each sample of each channel', () => {
  const reader = new G711Reader();
  expect(reader.configure(fromHex('0102'))).toEqual(fromHex('0102'));
  expect(reader.read(fromHex('d5d5d5d5'))).toEqual([{ data: fromHex('d5d5d5d5'), samples: 2 }]);
  expect(reader.read(fromHex('d5d5d5'))).toEqual([]);
  expect(reader.read(fromHex(''))).toEqual([]);
});

test('G.711 without a config is not understood', () => {
  const reader = new G711Reader();
  expect(reader.config).toBeUndefined();
  expect(reader.read(fromHex('d5d5'))).toEqual([]);
  expect(() => reader.configure(fromHex('010101'))).toThrow(ProtocolError);
});

test('a config of G.711 is news once', () => {
  const reader = new G711Reader();
  reader.configure(fromHex('0101'));
  expect(reader.configure(fromHex('0101'))).toBeUndefined();
  expect(reader.configure(fromHex('0201'))).toEqual(fromHex('0201'));
  expect(reader.config).toEqual(fromHex('0201'));
});
