import { expect, test } from 'vitest';
import { askedFor, isWay, ways } from './ways.ts';

test.each([
  ['ws', ['ws-flv']],
  ['flv', ['http-flv']],
  ['mp4', ['ws-mp4', 'http-mp4']],
  ['hls', ['hls', 'native-hls']],
  ['native-hls', ['native-hls']],
  ['whep', undefined],
  ['toString', undefined],
  ['', undefined],
])('?play=%s asks for %j', (play, asked) => {
  expect(askedFor(play)).toEqual(asked);
});

test('what was remembered may be anything', () => {
  expect([isWay('hls'), isWay('http'), isWay(undefined), isWay(3)]).toEqual([true, false, false, false]);
  expect(ways.every(isWay)).toBe(true);
});
