import type { RawBody, Route } from '../../io/http.ts';
import { errorSchema } from './schemas.ts';

/** What we use of an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0). */
export interface OpenApi {
  openapi: string;
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } };
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object; responses: object; securitySchemes: object };
}

/** A row of the API (OpenAPI 3.1, Operation Object). */
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  parameters?: { name: string; in: 'path'; required: true; description?: string; schema: object }[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content } | { $ref: string }>;
  security: Record<string, never[]>[];
}

type Content = Record<string, { schema: object }>;

const API = '/api/v1/';
const JSON_TYPE = 'application/json';

const PROVEN: Operation['security'] = [{ token: [] }, { cookie: [] }];

/** What each kind of access needs; `{}` stands for nothing. */
const access: Record<Route['access'], Pick<Operation, 'security' | 'description'>> = {
  anyone: { security: [] },
  user: { security: PROVEN, description: 'For those who have signed in.' },
  moderator: { security: PROVEN, description: 'For those who look after the room.' },
  owner: { security: PROVEN, description: 'For the owner of the room.' },
  admin: { security: PROVEN, description: 'For the owner of the server.' },
  operator: {
    security: [{ token: [] }, {}],
    description: 'Needs a token, but not on the machine of the server itself with no proxy between.',
  },
};

/** Describes the routes that are for programs; pages and media are not among them. */
export function openApi(routes: readonly Route[], version: string): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const route of routes) {
    if (!route.url.startsWith(API) && !route.schema?.response) continue;
    (paths[pathOf(route.url)] ??= {})[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'roomcast',
      version,
      description:
        'Live streaming with live rooms. Times are ISO 8601 in UTC, durations seconds, rates bit/s. Requests that change something take a token, or come from a page of this server.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Error: errorSchema },
      responses: {
        Error: {
          description: 'It was refused or failed; the code says why.',
          content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token from “roomcast token”.' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'roomcast',
          description: 'The cookie of a browser in which somebody has signed in; over TLS it is named __Host-roomcast.',
        },
      },
    },
  };
}

function operationOf({ method, url, summary, schema, takes, access: who }: Route): Operation {
  const parameters = parametersOf(url);
  const body = schema?.body;
  return {
    operationId: operationId(method, url),
    summary,
    ...access[who],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(takes ? { requestBody: { required: true, content: bytesOf(takes) } } : {}),
    ...(body ? { requestBody: { required: !mayBeNull(body), content: { [JSON_TYPE]: { schema: body } } } } : {}),
    responses: { ...answersOf(schema?.response), default: { $ref: '#/components/responses/Error' } },
  };
}

function bytesOf({ types, bytes }: RawBody): Content {
  return Object.fromEntries(types.map((type) => [type, { schema: { description: `at most ${bytes} bytes` } }]));
}

function answersOf(response: NonNullable<Route['schema']>['response']): Operation['responses'] {
  if (!response) return { 204: { description: 'It is done.' } };
  const answers = Object.entries(response).map(([status, schema]) => {
    const { contentMediaType: type = JSON_TYPE } = schema as { contentMediaType?: string };
    return [status, { description: 'It is as asked.', content: { [type]: { schema } } }] as const;
  });
  return Object.fromEntries(answers);
}

/** `/rooms/:slug` → `/rooms/{slug}`; the rest of an address is a path of a stream. */
function pathOf(url: string): string {
  return url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{path}');
}

function parametersOf(url: string): NonNullable<Operation['parameters']> {
  return [...pathOf(url).matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name!,
    in: 'path',
    required: true,
    ...(name === 'path'
      ? { description: 'A path of a stream, such as live/lobby. Its slashes stay as they are.' }
      : {}),
    schema: { type: 'string' },
  }));
}

/** `GET /api/v1/rooms/:slug/key` → `getRoomsSlugKey`. */
function operationId(method: string, url: string): string {
  const words = pathOf(url.replace(API, '/')).match(/\w+/g) ?? [];
  return [method.toLowerCase(), ...words.map((word) => word[0]!.toUpperCase() + word.slice(1))].join('');
}

function mayBeNull(schema: object): boolean {
  return [(schema as { type?: string | string[] }).type ?? []].flat().includes('null');
}
