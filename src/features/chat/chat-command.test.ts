import { expect, test } from 'vitest';
import { commandIn } from './chat-command.ts';

test.each([
  ['/dice', { name: 'dice', rest: '' }],
  ['/Dice  2d6 ', { name: 'dice', rest: '2d6' }],
  [' /a b\nc ', { name: 'a', rest: 'b\nc' }],
  ['/骰子 三', { name: '骰子', rest: '三' }],
  ['/me waves', undefined],
  ['/', undefined],
  ['/ dice', undefined],
  ['//dice', undefined],
  ['/etc/hosts', undefined],
  ['/dice!', undefined],
  ['say /dice', undefined],
  [`/${'x'.repeat(33)}`, undefined],
])('%j is the command %j', (typed, command) => {
  expect(commandIn(typed)).toEqual(command);
});
