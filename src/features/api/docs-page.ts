import { createHash } from 'node:crypto';
import type { OpenApi, Operation } from './openapi.ts';
import { type JsonSchema, schemaShape } from './schema-shape.ts';

const STYLE = `
:root { color-scheme: light dark; --bg: light-dark(#f3f4f6, #0b0d0f); --surface: light-dark(#fff, #14171a);
  --line: light-dark(#e0e3e7, #24292e); --text: light-dark(#14181c, #eceff2); --text-2: light-dark(#454d56, #b2bac2);
  --accent: light-dark(#2653cf, #8fb0ff) }
body { margin: 0 auto; padding: 24px 16px 64px; max-width: 880px; background: var(--bg); color: var(--text);
  font: 16px/24px system-ui, sans-serif }
h1 { font-size: 28px; line-height: 36px } h2 { font-size: 18px; line-height: 26px; margin: 0 0 4px; overflow-wrap: anywhere }
p { color: var(--text-2); margin: 4px 0 12px } a { color: var(--accent) }
ul { padding: 0; list-style: none } li { padding: 4px 0; border-bottom: 1px solid var(--line) }
li span { color: var(--text-2) }
code, pre { font-family: ui-monospace, monospace; font-size: 13px; line-height: 20px }
section { margin: 16px 0; padding: 16px; background: var(--surface); border: 1px solid var(--line); border-radius: 12px }
pre { margin: 4px 0 12px; padding: 12px; overflow-x: auto; background: var(--bg); border-radius: 8px }
`;

/** Nothing is loaded and nothing runs; the one style is named by its hash (CSP 3 §2.3.1). */
const POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The API's description as a page, and the policy that it is to be sent with. */
export function docsPage({ info, paths }: OpenApi): { html: string; policy: string } {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
  const list = rows.map(
    ({ name, operation: { operationId, summary } }) =>
      `<li><a href="#${operationId}"><code>${escaped(name)}</code></a> <span>${escaped(summary)}</span></li>`,
  );
  const html = [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>API of ${escaped(info.title)}</title>`,
    `<style>${STYLE}</style>`,
    `<main><h1>API of ${escaped(info.title)} ${escaped(info.version)}</h1>`,
    `<p>${escaped(info.description)} For programs: <a href="openapi.json">openapi.json</a>.</p>`,
    `<ul>${list.join('\n')}</ul>`,
    ...rows.map(({ name, operation }) => section(name, operation)),
    '</main></html>\n',
  ].join('\n');
  return { html, policy: POLICY };
}

function section(name: string, { operationId, summary, description, requestBody, responses }: Operation): string {
  const answers = Object.entries(responses).map(([status, answer]) => {
    const [type, { schema } = { schema: undefined }] =
      ('content' in answer && Object.entries(answer.content ?? {})[0]) || [];
    if (!schema) return status === 'default' ? '' : `<p>Answers ${status}.</p>`;
    if (type !== 'application/json') return `<p>Answers ${status}, ${type}.</p>`;
    return `<p>Answers ${status}:</p><pre>${shape(schema)}</pre>`;
  });
  const body = requestBody?.content['application/json']?.schema;
  return [
    `<section id="${operationId}"><h2><code>${escaped(name)}</code></h2>`,
    `<p>${escaped([summary, description].filter(Boolean).join(' '))}</p>`,
    body ? `<p>Takes:</p><pre>${shape(body)}</pre>` : '',
    ...answers,
    '</section>',
  ].join('\n');
}

function shape(schema: object): string {
  return escaped(schemaShape(schema as JsonSchema));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
