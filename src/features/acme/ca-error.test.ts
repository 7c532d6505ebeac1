import { expect, test } from 'vitest';
import { adviceOn, plainText, problemError, retryAfterOf } from './ca-error.ts';

const urn = (type: string): string => `urn:ietf:params:acme:error:${type}`;

test.each<[string, unknown, { type: string; message: string }]>([
  [
    'a detail and a type',
    { type: urn('rateLimited'), detail: 'too many certificates' },
    { type: 'rateLimited', message: 'too many certificates (rateLimited)' },
  ],
  [
    'problems of single domains',
    {
      type: urn('rejectedIdentifier'),
      detail: 'Some were refused.',
      subproblems: [
        { identifier: { type: 'dns', value: 'a.example' }, detail: 'is forbidden.' },
        { detail: 'has no domain.' },
        { identifier: { value: 'c.example' } },
        { identifier: { value: 'd.example' }, detail: 'is the fourth, and too many.' },
      ],
    },
    {
      type: 'rejectedIdentifier',
      message: 'Some were refused. a.example: is forbidden. has no domain. (rejectedIdentifier)',
    },
  ],
  ['a type of somebody else', { type: 'https://ca.test/odd', detail: 'No.' }, { type: '', message: 'No.' }],
  ['a type that is no word', { type: urn('a\nb'), detail: 'No.' }, { type: '', message: 'No.' }],
  ['no detail', { type: urn('caa') }, { type: 'caa', message: 'status 403 without a reason (caa)' }],
  ['no problem document', 'nothing', { type: '', message: 'status 403 without a reason' }],
  ['nothing', undefined, { type: '', message: 'status 403 without a reason' }],
  ['parts that are none', { detail: 'No.', subproblems: [null, 1, 'x', []] }, { type: '', message: 'No.' }],
])('%s', (_name, problem, expected) => {
  const { type, message } = problemError(problem, { status: 403 });
  expect({ type, message }).toEqual(expected);
});

test('what a CA writes is one line without anything that moves a cursor or turns text around, of limited length', () => {
  expect(plainText(' a\r\nb\t\u001B[31mred\u202Eback\u0000 \u00A0 end ')).toBe('a b [31mred back end');
  expect([...plainText('é'.repeat(5000))]).toHaveLength(301);
  expect(plainText('😀'.repeat(400))).toMatch(/^(?:😀){300}…$/u);
});

test.each<[string, string | undefined, number | undefined]>([
  ['is seconds', '90', 90],
  ['is a date', 'Thu, 01 Jan 2026 00:02:00 GMT', 120],
  ['is a date that is over', 'Thu, 01 Jan 2026 00:00:00 GMT', 0],
  ['is a day at most', '999999999', 86_400],
  ['is a day at most as a date, too', 'Thu, 01 Jan 2099 00:00:00 GMT', 86_400],
  ['may be missing', undefined, undefined],
  ['may be nonsense', 'soon', undefined],
  ['may be endless', '9'.repeat(400), undefined],
])('the patience that a CA asks for %s', (_name, header, seconds) => {
  expect(retryAfterOf(header, Date.UTC(2026, 0, 1))).toBe(seconds);
});

test('there is advice for what an operator can mend', () => {
  expect(adviceOn('connection')).toContain('port 80 or 443');
  expect(adviceOn('rateLimited')).toBe('');
});
