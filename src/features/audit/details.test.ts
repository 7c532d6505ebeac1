import { expect, test } from 'vitest';
import { changesOf, detailsOf } from './details.ts';

test('what was asked for is kept in short, without its secrets', () => {
  const asked = {
    title: 'The garden',
    limit: 5,
    on: true,
    gone: null,
    left: undefined,
    password: 'open sesame',
    currentPassword: 'x',
    token: 'rt_x',
    streamKey: 'rk_x',
    pass: 'rp_x',
    email: 'a@b',
    url: 'https://hooks.example/secret',
    tags: ['a', 'b'],
    long: 'x'.repeat(500),
  };
  expect(detailsOf(asked)).toEqual({
    title: 'The garden',
    limit: 5,
    on: true,
    gone: null,
    ...{ password: '…', currentPassword: '…', token: '…', streamKey: '…', pass: '…', email: '…', url: '…' },
    tags: '["a","b"]',
    long: `${'x'.repeat(200)}…`,
  });
});

test('thousands of fields are thirty', () => {
  const asked = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`f${index}`, index]));
  expect(Object.keys(detailsOf(asked))).toHaveLength(30);
});

test('of a change only that is kept which differs from how things are, and nothing where all stays', () => {
  const now = { title: 'The garden', tags: ['a'], holdFirst: false, password: 'hash' };
  const about = { name: 'Bob' };
  expect(changesOf({ title: 'The garden', tags: ['a'], holdFirst: true }, { now, about })).toEqual({
    name: 'Bob',
    holdFirst: true,
  });
  expect(changesOf({ title: 'The garden', tags: ['a'], maxViewers: null }, { now, about })).toBeUndefined();
  expect(changesOf({}, { now })).toBeUndefined();
  expect(changesOf({ password: 'hash' }, { now })).toEqual({ password: '…' });
  expect(changesOf({}, { about })).toEqual({ name: 'Bob' });
  expect(changesOf({})).toEqual({});
});
