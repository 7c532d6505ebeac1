import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isGenuineWebhook } from '../../client/index.ts';
import { signedHeaders } from './signature.ts';

type Verify = (secret: string, headers: Record<string, string>, body: string) => boolean | Promise<boolean>;

/** The function that `docs/webhooks.md` gives to receivers. */
async function documentedVerifier(): Promise<Verify> {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/webhooks.md'), 'utf8');
  const [code] = /^import \{ createHmac[^]*?^function isGenuine[^]*?^\}/m.exec(text)!;
  const source = `${code.replace(/^import .* from 'node:http';$/m, '')}\nexport { isGenuine };`;
  const module = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`)) as {
    isGenuine: Verify;
  };
  return module.isGenuine;
}

/** Names of headers as Node gives them. */
const sign = (secret: string | readonly string[], body: string, now = Date.now()): Record<string, string> =>
  Object.fromEntries(
    Object.entries(signedHeaders([secret].flat(), { id: 'e_1', body, now })).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );

test('a signature is the HMAC-SHA256 of the time, a dot and the body', () => {
  const headers = signedHeaders(['secret'], { id: 'e_1', body: '{"a":1}', now: 1_700_000_000_999 });
  expect(headers).toEqual({
    'Content-Type': 'application/json',
    'Roomcast-Id': 'e_1',
    'Roomcast-Timestamp': '1700000000',
    // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
    'Roomcast-Signature': 'v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686',
  });
});

/** Both that are offered to receivers. */
const verifiers: [string, () => Promise<Verify>][] = [
  ['the documentation', documentedVerifier],
  ['roomcast/client', async () => (secret, headers, body) => isGenuineWebhook(secret, { headers, body })],
];

test.each(verifiers)(
  'S-28 the verifier of %s takes what is genuine and not older than five minutes, and nothing else',
  async (_where, load) => {
    const isGenuine = await load();
    const body = '{"text":"Grüße 🎲"}';
    const headers = sign('rs_secret', body);
    expect(await isGenuine('rs_secret', headers, body)).toBe(true);
    expect(await isGenuine('rs_secret', sign('rs_secret', body, Date.now() - 299_000), body)).toBe(true);
    expect(await isGenuine('rs_secret', sign('rs_secret', body, Date.now() - 302_000), body)).toBe(false);
    expect(await isGenuine('rs_secret', sign('rs_secret', body, Date.now() + 302_000), body)).toBe(false);
    expect(await isGenuine('rs_other', headers, body)).toBe(false);
    expect(await isGenuine('rs_secret', headers, `${body} `)).toBe(false);
    const later = String(Number(headers['roomcast-timestamp']) + 1);
    expect(await isGenuine('rs_secret', { ...headers, 'roomcast-timestamp': later }, body)).toBe(false);
    const signature = headers['roomcast-signature']!;
    for (const wrong of ['', 'v1=', 'v1=00', signature.slice(0, -2), 'v1=zz', 'v2=00', `${signature}00`, `v1=,${body}`])
      expect(await isGenuine('rs_secret', { ...headers, 'roomcast-signature': wrong }, body), wrong).toBe(false);
    for (const time of ['', 'x', 'NaN', 'Infinity', '-1', '0'])
      expect(await isGenuine('rs_secret', { ...headers, 'roomcast-timestamp': time }, body), time).toBe(false);
    expect(await isGenuine('rs_secret', {}, body)).toBe(false);
  },
);

test.each(verifiers)(
  'the verifier of %s takes what is signed by two secrets with either of them, and with no other',
  async (_where, load) => {
    const isGenuine = await load();
    const headers = sign(['rs_new', 'rs_old'], '{}');
    const takes = async (secret: string): Promise<boolean> => isGenuine(secret, headers, '{}');
    expect([await takes('rs_new'), await takes('rs_old'), await takes('rs_older')]).toEqual([true, true, false]);
  },
);

test('a receiver may have two secrets as well, and headers as fetch gives them', async () => {
  const headers = new Headers(sign('rs_old', '{}'));
  expect(await isGenuineWebhook(['rs_new', 'rs_old'], { headers, body: '{}' })).toBe(true);
  expect(await isGenuineWebhook(['rs_new'], { headers, body: '{}' })).toBe(false);
  const late = { wall: () => Date.now() + 301_000 };
  expect(await isGenuineWebhook('rs_old', { headers, body: '{}' }, late)).toBe(false);
});
