import { expect, test } from 'vitest';
import { toRoomcastError } from '../../errors.ts';
import type { Identity, RoomRole, Scope } from '../../live/access.ts';
import { admit } from './admission.ts';
import type { RouteAccess } from '../routes.ts';

const account: Identity = { id: 'u_ada', kind: 'account', admin: false };
const people = {
  nobody: undefined,
  guest: { id: 'g_ann', kind: 'guest', admin: false },
  account,
  admin: { id: 'u_root', kind: 'account', admin: true },
} as const satisfies Record<string, Identity | undefined>;

interface Case {
  who: keyof typeof people;
  access: RouteAccess;
  role?: RoomRole | undefined;
  scope?: Scope;
  method?: 'GET' | 'POST';
  needs?: Scope;
  local?: boolean;
  bearer?: boolean;
}

function answer({ who, access, role, scope, method = 'GET', needs, local = false, bearer = false }: Case): string {
  const person = people[who];
  const identity = person && scope !== undefined ? { ...person, scope } : person;
  const caller = { identity, credentials: bearer ? { bearer: 'x' } : {}, remote: { address: '192.0.2.1' } };
  try {
    const route = { access, method, ...(needs === undefined ? {} : { scope: needs }) };
    admit({ route, caller, slug: 'lobby', local, roleOf: () => role });
    return 'passes';
  } catch (error) {
    return toRoomcastError(error).code;
  }
}

test('what is for anyone may still need a token that is for it', () => {
  expect(answer({ who: 'account', access: 'anyone', scope: 'read', needs: 'chat' })).toBe('denied');
  expect(answer({ who: 'account', access: 'anyone', scope: 'read' })).toBe('passes');
  expect(answer({ who: 'nobody', access: 'anyone', needs: 'chat' })).toBe('passes');
});

test('what is for anyone is for everyone', () => {
  for (const who of Object.keys(people) as (keyof typeof people)[])
    expect(answer({ who, access: 'anyone' })).toBe('passes');
});

test.each<[RouteAccess, RoomRole | undefined, string[]]>([
  ['user', undefined, ['sign-in', 'sign-in', 'passes', 'passes']],
  ['admin', undefined, ['sign-in', 'sign-in', 'denied', 'passes']],
  ['owner', 'owner', ['sign-in', 'sign-in', 'passes', 'passes']],
  ['owner', 'moderator', ['sign-in', 'sign-in', 'denied', 'passes']],
  ['owner', 'viewer', ['sign-in', 'sign-in', 'denied', 'passes']],
  ['owner', undefined, ['sign-in', 'sign-in', 'not-found', 'passes']],
  ['moderator', 'owner', ['sign-in', 'sign-in', 'passes', 'passes']],
  ['moderator', 'moderator', ['sign-in', 'sign-in', 'passes', 'passes']],
  ['moderator', 'speaker', ['sign-in', 'sign-in', 'denied', 'passes']],
  ['moderator', 'banned', ['sign-in', 'sign-in', 'denied', 'passes']],
])('for “%s”, where an account is %s: nobody, a guest, an account and the admin', (access, role, expected) => {
  const who = Object.keys(people) as (keyof typeof people)[];
  expect(who.map((each) => answer({ who: each, access, role }))).toEqual(expected);
});

test('a token does no more than it is for', () => {
  const change = { who: 'admin', access: 'user', method: 'POST' } as const;
  expect((['read', 'chat', 'manage', 'admin'] as const).map((scope) => answer({ ...change, scope }))).toEqual([
    ...['denied', 'denied', 'passes', 'passes'],
  ]);
  expect(answer({ ...change, method: 'GET', scope: 'read' })).toBe('passes');
  expect(answer({ ...change, method: 'GET', scope: 'read', needs: 'manage' })).toBe('denied');
  expect(answer({ ...change, scope: 'manage', needs: 'admin' })).toBe('denied');
});

test('an operator has a token of the admin, or is on this machine', () => {
  const asked = { access: 'operator' } as const;
  expect(answer({ ...asked, who: 'nobody' })).toBe('sign-in');
  expect(answer({ ...asked, who: 'nobody', local: true })).toBe('passes');
  expect(answer({ ...asked, who: 'account', bearer: true })).toBe('sign-in');
  expect(answer({ ...asked, who: 'admin' })).toBe('sign-in');
  expect(answer({ ...asked, who: 'admin', bearer: true })).toBe('passes');
});
