// The API reference, written from the tables of a server that was started for it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaShape } from '../src/features/api/schema-shape.ts';
import { plugins } from '../src/plugins.ts';
import { createServer } from '../src/server.ts';
import { root } from './node-runtime.js';

/** The text of `docs/reference/api.md`. */
export async function apiReference(note) {
  const data = mkdtempSync(join(tmpdir(), 'roomcast-docs-'));
  let http;
  const look = {
    name: 'look',
    start: async (app) => {
      http = app.http;
      return { close: async () => {} };
    },
  };
  const options = { data, http: '127.0.0.1:0', rtmp: '127.0.0.1:0' };
  const server = await createServer(options, { plugins: [...plugins, look] });
  try {
    return reference(http, note);
  } finally {
    await server.close();
    rmSync(data, { recursive: true, force: true });
  }
}

function reference({ routes, media, sockets }, note) {
  const api = routes.filter((route) => route.url.startsWith('/api/'));
  const operation = routes.filter((route) => !api.includes(route) && route.schema?.response);
  return [
    note,
    '# API',
    '',
    'JSON over HTTP. Errors are `{"error":{"code","message"}}` with a code of [the list](errors.md). Times are ISO 8601 in UTC, durations',
    'seconds, rates bit/s. What needs the owner takes the owner’s cookie from a page of the server, or `Authorization: Bearer TOKEN` with a',
    'token from `roomcast token`. A running server describes itself at `/api/v1/openapi.json` (OpenAPI 3.1), and as a page at `/api/v1/docs`.',
    '',
    '## Routes',
    '',
    '| | who | what |',
    '|---|---|---|',
    ...api.map(({ method, url, access, summary }) => `| \`${method} ${url}\` | ${access} | ${summary} |`),
    '',
    ...api.flatMap(details),
    '## Operation',
    '',
    'An operator has a token, or is a program on the machine of the server itself with no proxy between. What `/metrics` tells is in',
    '[Metrics](metrics.md).',
    '',
    '| | who | what |',
    '|---|---|---|',
    ...operation.map(({ method, url, access, summary }) => `| \`${method} ${url}\` | ${access} | ${summary} |`),
    '',
    '## Media and sockets',
    '',
    '| | |',
    '|---|---|',
    ...media.map(({ url }) => `| \`GET ${url}\` | endless bytes; see [Play](../play.md) |`),
    ...sockets.map(({ url }) => `| \`ws ${url}\` | WebSocket |`),
    '',
    '## What a room’s socket says',
    '',
    'Text messages of JSON. `hello` comes first; its `version` is 1. What is pushed is ordered by topics, each of which is the `type` of its',
    'messages. What comes unasked is sent to all who may have it; the rest to those who `subscribe`.',
    '',
    '| topic | who | unasked | what |',
    '|---|---|---|---|',
    ...sockets.flatMap(({ topics = [] }) =>
      topics.map(
        ({ name, access, unasked, summary }) => `| \`${name}\` | ${access} | ${unasked ? 'yes' : 'no'} | ${summary} |`,
      ),
    ),
    '',
    'The types are exported by `roomcast/client`; findings are [listed](findings.md).',
    '',
    '```ts',
    ...messageTypes(),
    '```',
    '',
    '## What a room’s socket takes',
    '',
    'Text messages of JSON with a `type`. An `id`, a whole number or a short text, is repeated by the answer: `{"id":1,"type":"ok",…}`, or',
    '`{"id":1,"type":"error","code":"…","message":"…"}` with a code of [the list](errors.md). Anything unknown or malformed is answered by an',
    'error and does not end the connection. A token has to be for what stands under “scope”.',
    '',
    '| type | who | scope | what |',
    '|---|---|---|---|',
    ...sockets.flatMap(({ commands = [] }) =>
      commands.map(({ type, access, scope, summary }) => `| \`${type}\` | ${access} | ${scope} | ${summary} |`),
    ),
    '',
    ...sockets.flatMap(({ commands = [] }) => commands.flatMap(commandDetails)),
  ].join('\n');
}

/** The declarations of what the socket says, as they stand in the code. */
function messageTypes() {
  const files = ['messages.ts', 'audience.ts'];
  const text = files.map((file) => readFileSync(join(root, 'src', 'client', file), 'utf8')).join('\n');
  const wanted = /^(?:\/\*\*(?:(?!\*\/)[^])*\*\/\n)?export (?:interface [^]*?^\}|type (?!ServerMessage)[^;]*;)/gm;
  return [...text.matchAll(wanted)]
    .map(([declaration]) => declaration.replace(/^export /m, ''))
    .join('\n\n')
    .split('\n');
}

function details({ method, url, schema }) {
  const parts = [];
  if (Object.keys(schema?.body?.properties ?? {}).length > 0) parts.push('Takes:', '', ...json(schema.body), '');
  for (const [status, answer] of Object.entries(schema?.response ?? {})) {
    if (answer?.properties) parts.push(`Answers ${status}:`, '', ...json(answer), '');
  }
  return parts.length > 0 ? [`### ${method} ${url}`, '', ...parts] : [];
}

function commandDetails({ type, fields = {}, required = [] }) {
  if (Object.keys(fields).length === 0) return [];
  return [`### ${type}`, '', ...json({ type: 'object', required, properties: fields }), ''];
}

function json(schema) {
  return ['```', schemaShape(schema), '```'];
}
