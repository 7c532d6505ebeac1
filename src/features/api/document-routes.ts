import type { Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import { docsPage } from './docs-page.ts';
import { openApi, type OpenApi } from './openapi.ts';

/** The rows of the API that are about the API. */
export function documentRoutes({ http }: Pick<App, 'http'>, version: string): Route[] {
  let known: OpenApi | undefined;
  // Asked for when all features have added their rows.
  const description = (): OpenApi => (known ??= openApi(http.routes, version));
  return [
    {
      method: 'GET',
      url: '/api/v1/openapi.json',
      access: 'anyone',
      summary: 'This API as an OpenAPI 3.1 document.',
      schema: { response: { 200: { type: 'object', additionalProperties: true } } },
      handle: () => description(),
    },
    {
      method: 'GET',
      url: '/api/v1/docs',
      access: 'anyone',
      summary: 'This API as a page to read.',
      schema: { response: { 200: { type: 'string', contentMediaType: 'text/html' } } },
      handle(_request, reply) {
        const { html, policy } = docsPage(description());
        void reply.header('Content-Security-Policy', policy).type('text/html; charset=utf-8');
        return html;
      },
    },
  ];
}
