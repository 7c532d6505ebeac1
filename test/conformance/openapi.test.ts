import { createHash } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorCodes } from '../../src/errors.ts';
import type { OpenApi, Operation } from '../../src/features/api/openapi.ts';
import type { Route } from '../../src/io/http.ts';
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
    const needs = ({ security }: Operation): Route['access'] =>
      security.length === 0 ? 'anyone' : security.some((one) => 'cookie' in one) ? 'owner' : 'operator';
    const wanted = server.app.http.routes
      .filter(({ url }) => url.startsWith('/api/') || /^\/(?:metrics|healthz|readyz)$/.test(url))
      .map(({ method, url, access }) => `${method} ${url.replace(/:(\w+)/, '{$1}').replace('*', '{path}')} ${access}`);
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

  test('is true: every answer has all that its schema wants, and nothing that it does not name', async () => {
    const publisher = await server.publish({ ms: 3000 });
    let told = 0;
    // What changes something comes last, so that there is something to tell of.
    const inOrder = operations().sort((a, b) => Number(a.method !== 'GET') - Number(b.method !== 'GET'));
    for (const { method, path, operation } of inOrder) {
      const url = path.replace('{slug}', 'lobby').replace('{path}', 'live/lobby').replace('{id}', 'none');
      const { status, headers, text } = await server.call(method, url, {
        headers: owner,
        ...(operation.requestBody?.required ? { body: { token: 'no-such-token' } } : {}),
      });
      const answer = operation.responses[status];
      const content = answer && 'content' in answer ? answer.content : undefined;
      const failure = { 'application/json': { schema: schemas.Error } };
      const [type, { schema }] = Object.entries(content ?? failure)[0]!;
      const name = `${method} ${path} answers ${status}`;
      expect(answer !== undefined || status >= 400, name).toBe(true);
      if (status === 204) continue;
      expect(headers.get('content-type')!.split(';')[0], name).toBe(type);
      if (type !== 'application/json') continue;
      expect(faultOf(schema, JSON.parse(text)), name).toBeUndefined();
      told++;
    }
    expect(told).toBeGreaterThan(10);
    publisher.end('ended');
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
