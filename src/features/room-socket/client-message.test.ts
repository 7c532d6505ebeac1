import { expect, test } from 'vitest';
import { BadMessage, readClientMessage } from './client-message.ts';

test.each([
  ['{"type":"ping"}', { type: 'ping' }],
  ['{"id":7,"type":"ping"}', { type: 'ping', id: 7 }],
  ['{"id":"7","type":"ping"}', { type: 'ping', id: '7' }],
  ['{"id":1,"type":"say","text":"hello"}', { type: 'say', id: 1, text: 'hello' }],
  ['{"type":"say","text":"[[[[[[[[[["}', { type: 'say', text: '[[[[[[[[[[' }],
])('%s is a message', (text, message) => {
  expect(readClientMessage(text)).toEqual(message);
});

test.each([
  [undefined, undefined],
  ['', undefined],
  ['{', undefined],
  ['null', undefined],
  ['"ping"', undefined],
  ['[{"type":"ping"}]', undefined],
  ['{"id":3}', 3],
  ['{"id":"x"}', 'x'],
  ['{"id":1e99}', undefined],
  [`{"id":"${'x'.repeat(65)}"}`, undefined],
  ['{"id":3,"type":null}', 3],
  ['{"id":3,"type":{"toString":1}}', 3],
  ['{"__proto__":{"type":"ping"},"id":3}', 3],
  ['{"__proto__":{"type":"ping"},"id":3,"type":"ping"}', 3],
  ['['.repeat(16_000), undefined],
  [`{"type":"say","text":${'['.repeat(9)}${']'.repeat(9)}}`, undefined],
])('%s is none, and costs its sender an answer only', (text, id) => {
  let thrown: unknown;
  try {
    readClientMessage(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(BadMessage);
  expect([(thrown as BadMessage).code, (thrown as BadMessage).id]).toEqual(['bad-request', id]);
  expect(({} as Record<string, unknown>)['type']).toBeUndefined();
});
