import { createHash } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorCodes } from '../../src/errors.ts';
import type { OpenApi, Operation } from '../../src/features/api/openapi.ts';
import { findingCodes } from '../../src/features/doctor/thresholds.ts';
import type { Route } from '../../src/io/http.ts';
import { audioTrack, film, videoTrack } from '../media.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
let description: OpenApi;
let schemas: { Error: object };
let owner: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  owner = { Authorization: `Bearer ${server.bearer}` };
  description = JSON.parse((await server.call('GET', '/api/v1/openapi.json')).text) as OpenApi;
  schemas = description.components.schemas as typeof schemas;
});
afterAll(() => server.close());

const operations = (): { method: string; path: string; operation: Operation }[] =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/** The same schema, but an object has nothing that its schema does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return 'properties' in schema && !('additionalProperties' in schema)
    ? { ...inner, additionalProperties: false }
    : inner;
}

/** What is wrong with a value by a schema; undefined when nothing is. */
function faultOf(schema: object, value: unknown): string | undefined {
  const ajv = new Ajv2020({ allowUnionTypes: true });
  return ajv.validate(closed(schema) as object, value) ? undefined : ajv.errorsText();
}

describe('/api/v1/openapi.json', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    const validator = new Validator();
    expect(await validator.validate({ ...description })).toEqual({ valid: true });
    expect([validator.version, description.openapi]).toEqual(['3.1', '3.1.0']);
    const broken = structuredClone(description) as { info?: object };
    delete broken.info;
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  test('has every route of the API and of operation, with what it needs, and no page', () => {
    const needs = ({ security }: Operation): string =>
      security.length === 0 ? 'anyone' : security.some((one) => 'cookie' in one) ? 'somebody' : 'operator';
    const who = (access: Route['access']): string =>
      access === 'anyone' || access === 'operator' ? access : 'somebody';
    const wanted = server.app.http.routes
      .filter(({ url }) => url.startsWith('/api/') || /^\/(?:metrics|healthz|readyz)$/.test(url))
      .map(
        ({ method, url, access }) =>
          `${method} ${url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{path}')} ${who(access)}`,
      );
    expect(
      operations()
        .map(({ method, path, operation }) => `${method} ${path} ${needs(operation)}`)
        .sort(),
    ).toEqual(wanted.sort());
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('getRoomsSlugKey');
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect((operation.parameters ?? []).map(({ name }) => name)).toEqual(inPath);
    }
  });

  /** Asks, and compares the answer with what is said of it. Gives the JSON of it. */
  const compare = async ({ method, path, operation }: ReturnType<typeof operations>[number]): Promise<unknown> => {
    const url = path.replace('{slug}', 'lobby').replace('{path}', 'live/lobby').replace('{id}', 'none');
    const body = method === 'PATCH' ? { title: 'Lobby' } : { token: 'no-such-token' };
    const { status, headers, text } = await server.call(method, url, {
      headers: owner,
      ...(operation.requestBody?.required ? { body } : {}),
    });
    const answer = operation.responses[status];
    const content = answer && 'content' in answer ? answer.content : undefined;
    const failure = { 'application/json': { schema: schemas.Error } };
    const [type, { schema }] = Object.entries(content ?? failure)[0]!;
    const name = `${method} ${path} answers ${status}`;
    expect(answer !== undefined || status >= 400, name).toBe(true);
    if (status === 204) return undefined;
    expect(headers.get('content-type')!.split(';')[0], name).toBe(type);
    if (type !== 'application/json') return undefined;
    const json = JSON.parse(text) as unknown;
    expect(faultOf(schema, json), name).toBeUndefined();
    return json;
  };
  const stream = (): Promise<unknown> =>
    compare(operations().find(({ path }) => path === '/api/v1/streams/{path}')!) as Promise<unknown>;

  test('is true: every answer has all that its schema wants, and nothing that it does not name', async () => {
    const publisher = await server.publish({ ms: 3000 });
    let told = 0;
    // What changes something comes last, so that there is something to tell of.
    const inOrder = operations().sort((a, b) => Number(a.method !== 'GET') - Number(b.method !== 'GET'));
    for (const operation of inOrder) if (await compare(operation)) told++;
    expect(told).toBeGreaterThan(12);
    publisher.end('ended');
  });

  test('is true of a stream in HDR, of one that waits, of the broadcast before and of findings', async () => {
    const { hub } = server.server;
    const access = { action: 'publish', protocol: 'program', path: 'live/lobby', credentials: {} } as const;
    const more = { remote: { address: '192.0.2.1' }, close() {}, traffic: () => ({ in: 0, out: 0 }) };
    await hub.play({ ...access, ...more, action: 'play' });
    const color = { mastering: { redX: 0.7, maxLuminance: 1000 }, light: { max: 1000, frameAverage: 400 } };
    const before = await hub.publish({ ...access, ...more });
    for (const frame of film({ ms: 2000, video: videoTrack(), audio: audioTrack() })) before.write(frame);
    before.end('ended');
    const publisher = await hub.publish({ ...access, ...more });
    const video = { ...videoTrack(), color };
    for (const frame of film({ ms: 2000, video, audio: audioTrack() })) publisher.write(frame);
    await hub.publish({ ...access, ...more, protocol: 'test' }).catch(() => {});
    expect(await stream()).toMatchObject({
      state: 'live',
      tracks: [color, { kind: 'audio' }],
      lastLive: { duration: expect.any(Number) },
      findings: [{ code: 'key-refused' }],
    });
    publisher.end('lost');
    expect(await stream()).toMatchObject({ state: 'waiting', reason: 'lost' });
    hub.end('live/lobby');
  });

  test('knows every finding', () => {
    for (const code of findingCodes) expect(JSON.stringify(description)).toContain(`"${code}"`);
  });

  test('knows every error code', async () => {
    const schema = schemas.Error;
    for (const code of Object.keys(errorCodes))
      expect(faultOf(schema, { error: { code, message: '' } })).toBeUndefined();
    expect(faultOf(schema, { error: { code: 'oops', message: '' } })).toBeDefined();
    const { text } = await server.call('GET', '/api/v1/rooms/nowhere');
    expect(faultOf(schema, JSON.parse(text))).toBeUndefined();
  });
});

describe('/api/v1/docs', () => {
  test('is a page that tells of every route, loads nothing and runs nothing', async () => {
    const { status, headers, text } = await server.call('GET', '/api/v1/docs');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    for (const { operation } of operations()) {
      expect(text).toContain(`<a href="#${operation.operationId}">`);
      expect(text).toContain(`<section id="${operation.operationId}">`);
    }
    expect(text).not.toMatch(/<script|<link|<img|\son\w+=|\sstyle=|javascript:|https?:/i);
    const policy = headers.get('content-security-policy')!;
    const [, style] = /<style>([^]*?)<\/style>/.exec(text)!;
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style!).digest('base64')}'`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });
});
