import { afterAll, beforeAll, expect, test } from 'vitest';
import { AdminApi, type Client, createClient, MeApi, RoomApi } from '../../src/client/index.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Routes without a method, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  'GET /openapi.json': 'it describes the API, and is for tools',
  'GET /docs': 'it is a page',
};

/** What every method is called with: none of them looks at it. */
const ARGUMENTS = ['a', 'b', 'c', 'd'];
const blob = new Blob([]);

/** Every address that a method of the client asks for, with how. */
async function asked(): Promise<Set<string>> {
  const calls = new Set<string>();
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { pathname } = new URL(input as string);
    calls.add(`${init?.method} ${pathname.replace('/api/v1', '')}`);
    return Response.json({});
  };
  const client = createClient({ base: 'http://host', fetch });
  const callAll = async (methods: object, target: object, skip: readonly string[]): Promise<void> => {
    const names = Object.getOwnPropertyNames(methods).filter((name) => !skip.includes(name));
    for (const name of names) {
      const method = (target as Record<string, (...given: unknown[]) => Promise<unknown>>)[name]!;
      // Some leave something out, or take a word for another address.
      for (const given of [ARGUMENTS, [], [null, ...ARGUMENTS], ['a', false], ['a', 'b', blob]])
        await Promise.resolve()
          .then(() => method.apply(target, given))
          .catch(() => {});
      for (const given of [true, false])
        await Promise.resolve()
          .then(() => method.call(target, given))
          .catch(() => {});
    }
  };
  await callAll(client satisfies Client, client, ['call']);
  for (const api of [new AdminApi(client), new RoomApi(client, 'a'), new MeApi(client)])
    await callAll(Object.getPrototypeOf(api) as object, api, ['constructor']);
  return calls;
}

test('every route of the API has a typed method in the client', async () => {
  const { paths } = JSON.parse((await server.call('GET', '/api/v1/openapi.json')).text) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    path.startsWith('/api/v1/')
      ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`)
      : [],
  );
  expect(routes.length).toBeGreaterThan(60);
  const calls = [...(await asked())];
  const isAsked = (route: string): boolean => {
    const form = new RegExp(`^${route.replaceAll('.', String.raw`\.`).replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
    return calls.some((call) => form.test(call));
  };
  expect(routes.filter((route) => !(route in WITHOUT) && !isAsked(route))).toEqual([]);
  expect(Object.keys(WITHOUT).filter((route) => !routes.includes(route) || isAsked(route))).toEqual([]);
});
