import { expect, onTestFinished, test } from 'vitest';
import { Denied } from '../../src/errors.ts';
import type { Access, Credentials } from '../../src/live/access.ts';
import { readPlaylist } from '../hls/playlist-reader.ts';
import { answered, HlsStage, PATH } from './hls/stage.ts';
import { foreignOrigins } from './origins.ts';

/** Cookie of somebody who is signed in. */
const COOKIE = 'roomcast=somebody';
const GUEST: Credentials = {};

/** A stream that is on, every address of its media, and what came with each request. */
async function onAir(): Promise<{ stage: HlsStage; base: string; addresses: string[]; asked: Credentials[] }> {
  const { stage, by } = await HlsStage.live(2000);
  const entries = ['index.m3u8', 'ts.m3u8'] as const;
  const first = await Promise.all(entries.map((entry) => stage.held(entry, { kind: 'multivariant' })));
  await stage.send(by, 8000);
  for (const held of first) await answered(held);
  const files: string[] = [];
  for (const entry of entries) {
    const list = await stage.list(entry);
    const playlist = readPlaylist((await stage.get(list)).bytes);
    if (playlist.kind !== 'media') throw new Error(`${list} is no media playlist.`);
    const segment = playlist.segments.at(-1)!;
    const inside = [segment.uri, segment.map?.uri, segment.parts[0]?.uri].filter((uri) => uri !== undefined);
    files.push(list, ...inside.map((uri) => new URL(uri, stage.url(list)).pathname), `${list}x`);
  }
  const endless = ['flv', 'ts', 'mp4'].map((format) => `/${PATH}.${format}`);
  const lists = [
    `/${PATH}/index.m3u8`,
    `/${PATH}/ts.m3u8`,
    '/hls/lobby.m3u8',
    '/live/a%20b/index.m3u8',
    '/live/a%20b.mp4',
  ];
  const asked: Credentials[] = [];
  onAsked(stage, ({ credentials }) => void asked.push(credentials));
  const addresses = [...endless, '/stream', ...lists, ...files].map((path) => new URL(path, stage.url('')).pathname);
  return { stage, base: `http://127.0.0.1:${stage.http.port}`, addresses, asked };
}

/** Listens to what the hub is asked: who may come, and who may play. */
function onAsked({ http }: HlsStage, listener: (access: Access) => void): void {
  const { hub } = http.server;
  const [check, play] = [hub.check.bind(hub), hub.play.bind(hub)];
  hub.check = async (access) => (listener(access), check(access));
  hub.play = async (access) => (listener(access), play(access));
}

/** What browsers go by. */
function permissions({ headers }: Response): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-allow-')));
}

/** The head of an answer; a body without an end is left. */
async function ask(url: string, method: string, headers: Record<string, string>): Promise<Response> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const response = await fetch(url, { method, headers, signal: stop.signal });
  await response.body?.cancel();
  return response;
}

test.each(['GET', 'HEAD'])(
  'media and its refusals may be read by a page from anywhere, by %s, without credentials (S-22)',
  { timeout: 60_000 },
  async (method) => {
    const { base, addresses, asked } = await onAir();
    const port = Number(new URL(base).port);
    expect(addresses.length).toBeGreaterThan(12);
    expect(foreignOrigins(port).length).toBeGreaterThanOrEqual(30);
    for (const origin of foreignOrigins(port)) {
      for (const address of addresses) {
        const answer = await ask(base + address, method, { Origin: origin, Cookie: COOKIE });
        expect(permissions(answer), `${answer.status} of ${address} for “${origin}”`).toEqual({
          'access-control-allow-origin': '*',
        });
      }
    }
    expect(asked.length).toBeGreaterThan(30);
    expect(
      asked.filter(({ cookie }) => cookie !== undefined),
      'cookies that came from other sites and counted',
    ).toEqual([]);
  },
);

test('a page of ours is known by its cookie, and no other answer tells of it (S-22)', async () => {
  const { base, addresses, asked } = await onAir();
  for (const address of addresses.filter((each) => !each.endsWith('x'))) {
    const answer = await ask(base + address, 'GET', { Origin: base, Cookie: COOKIE });
    expect(permissions(answer), address).toEqual({ 'access-control-allow-origin': '*' });
  }
  expect(asked).toContainEqual({ cookie: COOKIE });
  expect(asked).not.toContainEqual(GUEST);
});

const proofs: [string, Record<string, string>][] = [
  ['a cookie', { Cookie: COOKIE }],
  ['a token', { Authorization: 'Bearer rt_somebody' }],
];
test.each(proofs)(
  'whom %s lets in opens nothing for a page from elsewhere in the same browser (S-22)',
  async (_, proof) => {
    const { base, stage } = await onAir();
    onAsked(stage, ({ credentials: { cookie, bearer } }) => {
      if (cookie === undefined && bearer === undefined) throw new Denied();
    });
    const ours = await ask(`${base}/${PATH}/index.m3u8`, 'GET', { Origin: base, ...proof });
    const theirs = await ask(`${base}/${PATH}/index.m3u8`, 'GET', { Origin: 'https://evil.example' });
    const again = await ask(`${base}/${PATH}/index.m3u8`, 'GET', { Origin: base, ...proof });
    expect([ours.status, theirs.status, again.status]).toEqual([200, 403, 200]);
  },
);

test('a page from anywhere may ask for media with a token of its own (S-22)', async () => {
  const { base, addresses } = await onAir();
  for (const origin of foreignOrigins(Number(new URL(base).port))) {
    for (const address of addresses) {
      const headers = { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization' };
      const answer = await ask(base + address, 'OPTIONS', { Origin: origin, ...headers });
      const { status } = answer;
      expect([status, permissions(answer)], `${address} for “${origin}”`).toEqual([
        204,
        expect.objectContaining({
          'access-control-allow-origin': '*',
          'access-control-allow-headers': expect.stringMatching(/\bAuthorization\b/),
        }),
      ]);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
  }
});
