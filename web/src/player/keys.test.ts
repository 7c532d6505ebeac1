import { expect, test } from 'vitest';
import { keyAction } from './keys.ts';

const press = (key: string, target: object = {}, held: object = {}) => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  target,
  ...held,
});

test.each([
  ['k', {}, false, 'toggle'],
  ['K', {}, false, 'toggle'],
  [' ', {}, false, 'toggle'],
  ['m', {}, false, 'mute'],
  ['f', {}, true, 'full'],
  ['p', {}, false, 'pip'],
  ['s', {}, false, 'captions'],
  ['d', {}, false, 'danmaku'],
  ['d', { tagName: 'TEXTAREA' }, false, undefined],
  ['l', {}, false, 'live'],
  ['s', { tagName: 'INPUT', type: 'text' }, true, undefined],
  ['Escape', {}, false, 'close'],
  ['ArrowUp', {}, true, 'louder'],
  ['ArrowUp', {}, false, undefined],
  ['ArrowDown', { tagName: 'INPUT', type: 'range' }, true, undefined],
  ['m', { tagName: 'INPUT', type: 'range' }, true, 'mute'],
  ['m', { tagName: 'TEXTAREA' }, true, undefined],
  [' ', { tagName: 'BUTTON' }, true, undefined],
  ['x', {}, true, undefined],
])('%j on %j, inside %s: %s', (key, target, focused, action) => {
  expect(keyAction(press(key, target), focused)).toBe(action);
});

test('keys of the browser stay its own', () => {
  expect(keyAction(press('f', {}, { ctrlKey: true }), true)).toBeUndefined();
  expect(keyAction(press('m', {}, { metaKey: true }), true)).toBeUndefined();
});
