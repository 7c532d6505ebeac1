import { describe, expect, test } from 'vitest';
import { loadOptions } from './load.ts';
import type { Options, Settings } from './settings.ts';
import { settingsOf } from './settings.ts';
import { tlsSource } from './tls.ts';

/** What a file says, and flags and environment beside it. */
async function load(
  text: string,
  { argv = [], env = {} }: { argv?: string[]; env?: Record<string, string> } = {},
): Promise<Settings> {
  const { settings } = await loadOptions({ argv, env, cwd: '/', readFile: async () => text });
  return settings;
}

const FILES = 'tls: { cert: a.pem, key: b.pem }';

describe('TLS', () => {
  test('is off by default, and nothing listens over it', () => {
    const { tls, https, rtmps } = settingsOf();
    expect([tlsSource(tls), https, rtmps]).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    [FILES, 'files', 8443],
    ['tls: { acme: { domains: [live.example.org], email: ann@example.org } }', 'acme', 443],
    ['tls: { acme: { domains: live.example.org } }', 'acme', 443],
    ['tls: self-signed', 'self-signed', 8443],
    ['tls: { selfSigned: true, redirect: true }', 'self-signed', 8443],
  ])('%s has its source and its ports', async (text, source, port) => {
    const { tls, https, rtmps } = await load(text);
    expect([tlsSource(tls), https, rtmps]).toEqual([source, { port }, { port: 1936 }]);
  });

  test('listens where it is told to', async () => {
    const { https, rtmps } = await load(`${FILES}\nhttps: 127.0.0.1:1\nrtmps: "[::1]:2"`);
    expect([https, rtmps]).toEqual([
      { host: '127.0.0.1', port: 1 },
      { host: '::1', port: 2 },
    ]);
  });

  test('comes by flags and by the environment, too', async () => {
    const argv = ['--tls-cert', 'a', '--tls-key', 'b', '--https', ':1', '--rtmps', ':2', '--tls-redirect'];
    expect(await load('', { argv })).toMatchObject({
      tls: { cert: 'a', key: 'b', redirect: true },
      https: { port: 1 },
      rtmps: { port: 2 },
    });
    expect(tlsSource((await load('', { argv: ['--tls-self-signed'] })).tls)).toBe('self-signed');
    const env = { ROOMCAST_TLS_ACME_DOMAINS: 'a.example, b.example' };
    expect((await load('', { env })).tls.acme.domains).toEqual(['a.example', 'b.example']);
  });

  test('is what a program hands in, as a word or as a group, and comes out equal the second time', () => {
    for (const tls of [
      'self-signed',
      { selfSigned: true },
      { acme: { domains: ['a.example'] } },
    ] satisfies Options['tls'][]) {
      const settings = settingsOf({ tls });
      expect(settingsOf(settings)).toEqual(settings);
    }
  });
});

describe('a file is told where it is wrong:', () => {
  test.each([
    ['tls: letsencrypt', /roomcast\.yaml:1:6: “tls” is text; expected “self-signed” or a group of options\./],
    ['tls: true', /roomcast\.yaml:1:6: “tls” is true or false; expected “self-signed” or a group/],
    ['limits: self-signed', /“limits” is text; expected a group of options\./],
    ['tls:\n  cert: a.pem', /roomcast\.yaml:2:3: “tls\.cert” needs “tls\.key” beside it/],
    ['tls:\n  key: a.pem', /roomcast\.yaml:2:3: “tls\.key” needs “tls\.cert” beside it/],
    [
      'tls:\n  cert: a\n  key: b\n  selfSigned: true',
      /roomcast\.yaml:4:3: “tls\.cert” and “tls\.selfSigned” exclude each other/,
    ],
    [
      'tls:\n  selfSigned: true\n  acme:\n    domains: [a.example]',
      /roomcast\.yaml:2:3: “tls\.acme\.domains” and “tls\.selfSigned” exclude each other/,
    ],
    ['tls: { redirect: true }', /roomcast\.yaml:1:8: “tls\.redirect” needs a certificate/],
    ['tls: { acme: { email: a@b.example } }', /“tls\.acme\.email” needs a certificate/],
    [
      'https: ":8443"',
      /roomcast\.yaml:1:1: “https” needs a certificate: set tls\.cert and tls\.key, tls\.acme\.domains, or/,
    ],
    ['rtmps: ":1936"', /roomcast\.yaml:1:1: “rtmps” needs a certificate/],
    ['tls: { acme: { domains: [192.0.2.1] } }', /expected a list, each item a full name such as live\.example\.org/],
    ['tls: { acme: { domains: ["*.example.org"] } }', /each item a full name/],
    ['tls: { acme: { domains: [localhost] } }', /each item a full name/],
    ['tls: { acme: { domains: [a.example], email: Ann } }', /expected an address such as ann@example\.org/],
    ['tls: { acme: { domains: [a.example], directory: "http://ca" } }', /expected an address that begins with https/],
    ['tls: { certificate: a }', /“tls\.certificate” is not an option\./],
    [
      `${FILES}\npublish: open\nhttp: 127.0.0.1:1\nrtmp: 127.0.0.1:2`,
      /“rtmps” is :1936\. Set --rtmps 127\.0\.0\.1:1936/,
    ],
  ])('%s', async (text, words) => {
    await expect(load(text)).rejects.toThrow(words);
  });
});
