import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaAnswers } from './ca-answers.ts';
import { CaError } from './ca-error.ts';

const answers = new CaAnswers(new URL('https://ca.test:14000/dir'));
const at = (path: string): string => `https://ca.test:14000${path}`;
const directory = { newNonce: at('/nonce'), newAccount: at('/account'), newOrder: at('/order') };
const order = { status: 'pending', authorizations: [at('/z/1'), at('/z/2')], finalize: at('/f/1') };
const challenge = { type: 'http-01', url: at('/c/1'), token: 'abc-_123' };
const authorization = { status: 'pending', identifier: { type: 'dns', value: 'A.example' }, challenges: [challenge] };

const read: Readonly<Record<string, (body: string) => unknown>> = {
  directory: (body) => answers.directory(body),
  order: (body) => answers.order(body, 2),
  authorization: (body) => answers.authorization(body),
  renewal: (body) => answers.renewal(body),
};

describe('what a CA answers', () => {
  test.each<[string, object, object]>([
    ['directory', directory, { ...directory, renewalInfo: undefined }],
    [
      'directory',
      { ...directory, renewalInfo: at('/info'), meta: { externalAccountRequired: false } },
      { ...directory, renewalInfo: at('/info') },
    ],
    ['order', order, { ...order, certificate: undefined, error: undefined }],
    [
      'order',
      { ...order, status: 'valid', certificate: at('/cert/1') },
      { ...order, status: 'valid', certificate: at('/cert/1'), error: undefined },
    ],
    [
      'authorization',
      authorization,
      { status: 'pending', domain: 'a.example', challenges: [{ ...challenge, error: undefined }] },
    ],
    [
      'renewal',
      { suggestedWindow: { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' } },
      { start: Date.UTC(2026, 0, 1), end: Date.UTC(2026, 0, 2) },
    ],
  ])('is read: %s', (kind, body, expected) => {
    expect(read[kind]!(JSON.stringify(body))).toEqual(expected);
  });

  test.each<[string, string, object | string]>([
    ['an address of another host', 'directory', { ...directory, newOrder: 'https://other.test:14000/order' }],
    ['an address of another port', 'directory', { ...directory, newOrder: 'https://ca.test/order' }],
    ['an address without https', 'directory', { ...directory, newNonce: 'http://ca.test:14000/nonce' }],
    ['an address with a password', 'directory', { ...directory, newNonce: 'https://me:it@ca.test:14000/nonce' }],
    ['an address of a file', 'order', { ...order, finalize: 'file:///etc/passwd' }],
    ['an address that is none', 'order', { ...order, finalize: 7 }],
    ['an address without end', 'order', { ...order, finalize: at(`/${'x'.repeat(3000)}`) }],
    ['a missing address', 'directory', { newNonce: at('/nonce'), newAccount: at('/account') }],
    ['accounts by invitation', 'directory', { ...directory, meta: { externalAccountRequired: true } }],
    ['a certificate elsewhere', 'order', { ...order, certificate: 'https://other.test/cert' }],
    ['a state that nobody knows', 'order', { ...order, status: 'lost' }],
    ['more domains than were ordered', 'order', { ...order, authorizations: [at('/1'), at('/2'), at('/3')] }],
    ['a domain that is none', 'authorization', { ...authorization, identifier: { value: 1 } }],
    [
      'very many challenges',
      'authorization',
      { ...authorization, challenges: Array.from({ length: 21 }, () => challenge) },
    ],
    [
      'a challenge elsewhere',
      'authorization',
      { ...authorization, challenges: [{ ...challenge, url: 'https://o.test' }] },
    ],
    ['a window that ends before it starts', 'renewal', { suggestedWindow: { start: '2026-02-01', end: '2026-01-01' } }],
    ['a window without times', 'renewal', { suggestedWindow: { start: 'soon' } }],
    ['a list', 'order', []],
    ['no JSON', 'order', '<html>'],
    ['nothing', 'directory', ''],
  ])('is refused: %s', (_name, kind, body) => {
    expect(() => read[kind]!(typeof body === 'string' ? body : JSON.stringify(body))).toThrow(CaError);
  });

  test.each(['../../etc/passwd', 'a/b', 'a.b', '', 'x'.repeat(300), 7])('has no token such as %s', (token) => {
    const body = JSON.stringify({ ...authorization, challenges: [{ ...challenge, token }] });
    expect(answers.authorization(body).challenges[0]!.token).toBe('');
  });

  test('never does more than be refused, whatever it is', () => {
    const known = { directory, order, authorization, renewal: { suggestedWindow: { start: '', end: '' } } };
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(read)), fc.jsonValue(), fc.boolean(), (kind, value, whole) => {
        const part = typeof value === 'object' && value !== null ? value : {};
        const body = JSON.stringify(whole ? value : { ...known[kind as keyof typeof known], ...part });
        try {
          read[kind]!(body);
        } catch (error) {
          if (!(error instanceof CaError)) throw error;
        }
      }),
    );
  });
});
