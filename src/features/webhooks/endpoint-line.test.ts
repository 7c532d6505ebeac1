import { expect, test } from 'vitest';
import { settle, VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { EndpointLine } from './endpoint-line.ts';
import type { PostResult } from './signed-post.ts';
import { readVerdict } from './verdict.ts';

const answered = (text: string): PostResult => ({
  ...{ ok: true, status: 200, ms: 1 },
  answer: { status: 200, headers: {}, body: Buffer.from(text) },
});
const FAILED: PostResult = { ok: false, error: 'no', ms: 1 };

function stage() {
  const scheduler = new VirtualScheduler();
  const open: ((result: PostResult) => void)[] = [];
  const line = new EndpointLine({ scheduler, send: () => new Promise((resolve) => open.push(resolve)) });
  const post = { url: 'http://x/', secrets: ['s'], id: 'e_1', body: '{}' };
  const told: boolean[] = [];
  const tell = ({ ok }: PostResult): void => void told.push(ok);
  return { scheduler, open, told, ask: () => line.ask(post, tell), askAgain: () => line.askAgain(post, tell) };
}

test('one that fails thrice is left alone for a while, and then asked by one', async () => {
  const { scheduler, open, told, ask } = stage();
  for (let failure = 0; failure < 3; failure++) {
    const answer = ask();
    open.pop()!(FAILED);
    expect(await answer).toBeUndefined();
  }
  expect(await ask()).toBeUndefined();
  expect([open.length, told]).toEqual([0, [false, false, false]]);
  scheduler.advance(10 * SECOND);
  const probe = ask();
  expect(await ask()).toBeUndefined();
  expect(open).toHaveLength(1);
  open.pop()!(answered('{"allow":true}'));
  expect(await probe).toEqual({ allow: true });
  void ask();
  void ask();
  expect(open).toHaveLength(2);
});

test('one that is back for a moment and fails again is left alone at once', async () => {
  const { scheduler, open, ask } = stage();
  for (let failure = 0; failure < 4; failure++) {
    const answer = ask();
    open.pop()!(FAILED);
    await answer;
    if (failure >= 2) scheduler.advance(10 * SECOND - 1);
    if (failure === 2) scheduler.advance(1);
  }
  expect(await ask()).toBeUndefined();
  expect(open).toEqual([]);
});

test('one that is slow is asked by so many at a time', async () => {
  const { open, ask } = stage();
  const answers = Array.from({ length: 40 }, ask);
  expect(open).toHaveLength(32);
  for (const end of open) end(answered('{}'));
  const all = await Promise.all(answers);
  expect(all.filter((answer) => answer === undefined)).toHaveLength(8);
});

test('of what can wait so much is asked at a time, each of it in the end, and who comes is asked about beside it', async () => {
  const { open, ask, askAgain } = stage();
  const again = Array.from({ length: 20 }, askAgain);
  expect(open).toHaveLength(8);
  const newcomer = ask();
  open.pop()!(answered('{"new":true}'));
  expect(await newcomer).toEqual({ new: true });
  for (let asked = 0; asked < 20; asked++) {
    while (open.length === 0) await settle();
    open.shift()!(answered('{}'));
  }
  expect(await Promise.all(again)).toEqual(Array.from({ length: 20 }, () => ({})));
});

test.each([
  ['{"allow":true}', { allow: true }],
  ['', {}],
  ['[]', undefined],
  ['"yes"', undefined],
  ['null', undefined],
  ['{"allow":', undefined],
  [`{"x":"${'x'.repeat(16 * 1024)}"}`, undefined],
])('an answer of %.20s', async (text, value) => {
  const { open, told, ask } = stage();
  const answer = ask();
  open.pop()!(answered(text));
  expect(await answer).toEqual(value);
  expect(told).toEqual([value !== undefined]);
});

test.each([
  [{ allow: true }, { allow: true }],
  [{ allow: true, reason: 'unasked' }, { allow: true }],
  [{ allow: false }, { allow: false }],
  [
    { allow: false, reason: 'Not today.' },
    { allow: false, reason: 'Not today.' },
  ],
  [
    { allow: false, reason: 'a\r\nb\u001b[31m\u202e' },
    { allow: false, reason: 'a  b [31m' },
  ],
  [{ allow: false, reason: '\n' }, { allow: false }],
  [{ allow: false, reason: 7 }, { allow: false }],
  [
    { allow: false, reason: 'x'.repeat(300) },
    { allow: false, reason: 'x'.repeat(200) },
  ],
  [{ hold: true }, { allow: true, hold: true }],
  [
    { allow: true, hold: true },
    { allow: true, hold: true },
  ],
  [{ allow: false, hold: true }, { allow: false }],
  [
    { allow: true, validFor: 60 },
    { allow: true, validFor: 60 },
  ],
  [
    { allow: true, validFor: 0.5 },
    { allow: true, validFor: 10 },
  ],
  [{ allow: false, validFor: 60 }, { allow: false }],
  [{ allow: true, validFor: 0 }, undefined],
  [{ allow: true, validFor: -1 }, undefined],
  [{ allow: true, validFor: '60' }, undefined],
  [{ allow: true, validFor: null }, undefined],
  [{ allow: 'true' }, undefined],
  [{}, undefined],
])('a verdict of %j', (answer, verdict) => {
  expect(readVerdict(answer)).toEqual(verdict);
});
