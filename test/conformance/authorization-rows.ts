import type { Route } from '../../src/io/http.ts';
import type { Scope } from '../../src/live/access.ts';
import type { TestServer } from '../test-server.ts';

const NO_MESSAGE = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** Of a player that has nothing to tell. */
const BEACON = { path: 'hls', state: 'off', played: 0, stalls: 0, stalled: 0, frames: 0, dropped: 0 };

/** Who somebody is to the server: its owner, the owner or a moderator of the room, somebody with an account, or anybody. */
export type Who = 'admin' | 'owner' | 'moderator' | 'account' | 'guest';

/** Headers with which somebody comes, and who that is: for reading, for changing something, and on a socket. */
export interface Principal {
  name: string;
  headers(server: TestServer): Record<string, string>;
  reads: Who;
  changes: Who | 'foreign';
  socket: Who;
  /** It is a token that is good for less. */
  scope?: Scope;
  /** It is a token of the server itself, which has no account of its own. */
  server?: boolean;
  /** The room that they enter. Default: the one that is nobody’s in particular. */
  room?: 'garden';
  /** They may not enter it. */
  banned?: boolean;
  /** Something says that a proxy is between, so that it does not pass for one on this machine. */
  forwarded?: boolean;
}

/** What each route answers to those who may: parameters are filled in, and ids name nothing, so that nobody is hurt. */
export const rows: Record<string, Row> = {
  'GET /': { access: 'anyone', ok: 200 },
  'GET /:slug': { access: 'anyone', path: '/lobby', ok: 200 },
  'GET /embed/:slug': { access: 'anyone', path: '/embed/lobby', ok: 200 },
  'GET /assets/*': { access: 'anyone', path: '/assets/none.js', ok: 404 },
  'GET /healthz': { access: 'anyone', ok: 200 },
  'GET /readyz': { access: 'anyone', ok: 200 },
  'GET /metrics': { access: 'operator', ok: 200 },
  'GET /api/v1/openapi.json': { access: 'anyone', ok: 200 },
  'GET /api/v1/docs': { access: 'anyone', ok: 200 },
  'GET /api/v1/rooms': { access: 'anyone', ok: 200 },
  'GET /api/v1/rooms/:slug': { access: 'anyone', path: '/api/v1/rooms/lobby', ok: 200 },
  'PATCH /api/v1/rooms/:slug': { access: 'owner', path: '/api/v1/rooms/garden', body: { title: 'Roses' }, ok: 200 },
  'POST /api/v1/rooms': { access: 'user', body: { slug: '-' }, ok: (who) => (who === 'admin' ? 400 : 403) },
  ...garden('POST', 'rename', { access: 'owner', body: { slug: '-' }, ok: 409 }),
  ...garden('POST', 'archive', { access: 'owner', ok: 409 }),
  ...garden('POST', 'unarchive', { access: 'owner', ok: 409 }),
  ...garden('POST', 'end', { access: 'owner', ok: 204 }),
  ...garden('GET', 'key', { access: 'owner', scope: 'manage', ok: 200 }),
  ...garden('POST', 'key', { access: 'owner', ok: 200 }),
  ...garden('GET', 'keys', { access: 'owner', ok: 200 }),
  ...garden('POST', 'keys', { access: 'owner', body: { name: '\n' }, ok: 400 }),
  ...garden('GET', 'keys/:id', { access: 'owner', scope: 'manage', ok: 404 }),
  ...garden('PATCH', 'keys/:id', { access: 'owner', body: { name: 'x' }, ok: 404 }),
  ...garden('POST', 'keys/:id/replace', { access: 'owner', ok: 404 }),
  ...garden('DELETE', 'keys/:id', { access: 'owner', ok: 404 }),
  ...garden('GET', 'members', { access: 'moderator', ok: 200 }),
  ...garden('POST', 'members', { access: 'owner', body: { name: 'Nobody', role: 'viewer' }, ok: 404 }),
  ...garden('DELETE', 'members/:id', { access: 'owner', ok: 404 }),
  ...garden('GET', 'bans', { access: 'moderator', ok: 200 }),
  ...garden('POST', 'bans', { access: 'moderator', body: {}, ok: 400 }),
  ...garden('DELETE', 'bans/:id', { access: 'moderator', ok: 404 }),
  ...garden('POST', 'enter', { access: 'anyone', inside: true, body: {}, ok: 204 }),
  ...garden('POST', 'passes', { access: 'owner', ok: 200 }),
  ...garden('DELETE', 'passes', { access: 'owner', ok: 204 }),
  ...garden('GET', 'timeouts', { access: 'moderator', ok: 200 }),
  ...garden('GET', 'people/:user', { access: 'moderator', ok: 404 }),
  ...garden('GET', 'notes', { access: 'moderator', ok: 200 }),
  ...garden('POST', 'notes', { access: 'moderator', body: {}, ok: 400 }),
  ...garden('DELETE', 'notes/:id', { access: 'moderator', ok: 404 }),
  ...garden('GET', 'emotes', { access: 'anyone', inside: true, ok: 200 }),
  ...garden('POST', 'emotes/:name', { access: 'moderator', body: {}, ok: 400 }),
  ...garden('DELETE', 'emotes/:name', { access: 'moderator', ok: 404 }),
  ...garden('PUT', 'cover', { access: 'owner', body: {}, ok: 400 }),
  ...garden('DELETE', 'cover', { access: 'owner', ok: 404 }),
  'GET /api/v1/emotes': { access: 'anyone', ok: 200 },
  'POST /api/v1/emotes/:name': { access: 'admin', path: '/api/v1/emotes/none', body: {}, ok: 400 },
  'DELETE /api/v1/emotes/:name': { access: 'admin', path: '/api/v1/emotes/none', ok: 404 },
  'GET /files/emotes/:name/:hash': { access: 'anyone', path: '/files/emotes/none/none', ok: 404 },
  'GET /files/rooms/:slug/emotes/:name/:hash': {
    access: 'anyone',
    inside: true,
    path: '/files/rooms/garden/emotes/none/none',
    ok: 404,
  },
  'GET /files/rooms/:slug/cover/:hash': { access: 'anyone', path: '/files/rooms/garden/cover/none', ok: 404 },
  'POST /api/v1/claim': {
    access: 'anyone',
    body: { token: 'no-such-token' },
    ok: (who) => (who === 'admin' ? 204 : 409),
  },
  'POST /api/v1/link': { access: 'admin', scope: 'admin', body: { slug: 'lobby' }, ok: 200 },
  'POST /api/v1/sign-in': { access: 'anyone', body: { name: 'Nobody' }, ok: 400 },
  'POST /api/v1/sign-out': { access: 'anyone', headers: { Cookie: '' }, ok: 204 },
  'POST /api/v1/guest': { access: 'anyone', body: { name: 'Zoe' }, ok: (who) => (who === 'guest' ? 200 : 400) },
  'POST /api/v1/users': { access: 'anyone', body: { name: '-', password: '-' }, ok: 400 },
  'POST /api/v1/reset': { access: 'anyone', body: { token: 'no-such-token', password: 'a good one' }, ok: 409 },
  'GET /api/v1/me': { access: 'anyone', ok: 200 },
  'PATCH /api/v1/me': { access: 'user', scope: 'admin', body: {}, ok: hasAccount(200) },
  'POST /api/v1/confirm': { access: 'user', scope: 'admin', body: { password: 'not this one' }, ok: hasAccount(401) },
  'GET /api/v1/me/sign-ins': { access: 'user', ok: hasAccount(200) },
  'DELETE /api/v1/me/sign-ins': { access: 'user', scope: 'admin', path: '/api/v1/me/sign-ins', ok: hasAccount(204) },
  'DELETE /api/v1/me/sign-ins/:id': {
    access: 'user',
    scope: 'admin',
    path: '/api/v1/me/sign-ins/none',
    ok: hasAccount(404),
  },
  'GET /api/v1/users': { access: 'admin', ok: 200 },
  'GET /api/v1/users/:id': { access: 'admin', path: '/api/v1/users/none', ok: 404 },
  'PATCH /api/v1/users/:id': { access: 'admin', scope: 'admin', path: '/api/v1/users/none', body: {}, ok: 404 },
  'DELETE /api/v1/users/:id': { access: 'admin', scope: 'admin', path: '/api/v1/users/none', ok: 404 },
  'POST /api/v1/users/:id/reset': { access: 'admin', scope: 'admin', path: '/api/v1/users/none/reset', ok: 404 },
  'POST /api/v1/tokens': { access: 'user', body: { scope: 'read' }, ok: 200 },
  'GET /api/v1/tokens': { access: 'user', ok: 200 },
  'DELETE /api/v1/tokens/:id': { access: 'user', path: '/api/v1/tokens/none', ok: 404 },
  'GET /api/v1/audit': { access: 'admin', ok: 200 },
  ...garden('GET', 'audit', { access: 'moderator', ok: 200 }),
  ...garden('GET', 'viewers', { access: 'anyone', ok: (who) => (looksAfter(who) ? 200 : 403) }),
  ...garden('GET', 'broadcasts', { access: 'moderator', ok: 200 }),
  ...garden('GET', 'qoe', { access: 'moderator', ok: 200 }),
  ...garden('GET', 'timeline', { access: 'moderator', ok: 200 }),
  ...garden('GET', 'sessions', { access: 'moderator', ok: 200 }),
  ...garden('DELETE', 'sessions/:id', { access: 'moderator', ok: 404 }),
  ...garden('GET', 'commands', { access: 'owner', scope: 'manage', ok: 200 }),
  ...garden('POST', 'commands', {
    access: 'owner',
    scope: 'manage',
    body: { name: 'x', help: 'x', url: 'http://10.0.0.1/' },
    ok: 400,
  }),
  ...garden('DELETE', 'commands/:name', { access: 'owner', scope: 'manage', ok: 404 }),
  ...hooks('/api/v1/rooms/:slug/hooks', 'owner'),
  ...hooks('/api/v1/hooks', 'admin'),
  'GET /api/v1/sessions': { access: 'admin', ok: 200 },
  'DELETE /api/v1/sessions/:id': { access: 'admin', path: '/api/v1/sessions/none', ok: 404 },
  'GET /api/v1/streams': { access: 'admin', ok: 200 },
  'GET /api/v1/streams/*': { access: 'admin', path: '/api/v1/streams/live/lobby', ok: 200 },
  'GET /api/v1/server': { access: 'admin', ok: 200 },
  'GET /api/v1/server/config': { access: 'admin', scope: 'manage', ok: 200 },
};

/** The routes about webhooks, of the room `garden` or of the server. */
function hooks(url: string, access: Route['access']): Record<string, Row> {
  const row = { access, scope: 'manage' } as const;
  const path = url.replace(':slug', 'garden');
  return {
    [`GET ${url}`]: { ...row, path, ok: 200 },
    [`POST ${url}`]: { ...row, path, body: { url: 'http://10.0.0.1/' }, ok: 400 },
    [`PATCH ${url}/:hook`]: { ...row, path: `${path}/none`, body: {}, ok: 404 },
    [`DELETE ${url}/:hook`]: { ...row, path: `${path}/none`, ok: 404 },
    [`POST ${url}/:hook/test`]: { ...row, path: `${path}/none/test`, ok: 404 },
    [`GET ${url}/:hook/deliveries`]: { ...row, path: `${path}/none/deliveries`, ok: 404 },
    [`POST ${url}/:hook/deliveries/:id/replay`]: { ...row, path: `${path}/none/deliveries/1/replay`, ok: 404 },
  };
}

/** A route about the room `garden`, which the configuration file declares. */
function garden(method: string, rest: string, row: Row): Record<string, Row> {
  const path = `/api/v1/rooms/garden/${rest.replaceAll(/:\w+/g, 'none')}`;
  return { [`${method} /api/v1/rooms/:slug/${rest}`]: { ...row, path } };
}

export interface Row {
  access: Route['access'];
  scope?: Scope;
  /** Only for those who may enter the room. */
  inside?: true;
  path?: string;
  body?: object;
  /** In place of the principal's own. */
  headers?: Record<string, string>;
  ok: number | ((who: Who, principal: Principal) => number);
}

/** A program may act for the server itself, which has no account of its own. */
function hasAccount(status: number): Row['ok'] {
  return (_who, { server }) => (server ? 400 : status);
}

/** What each message on a room's socket is answered with to those who may say it: ids name nothing. */
export const said: Record<string, Saying> = {
  ping: { access: 'anyone', scope: 'read', ok: 'pong' },
  login: { access: 'anyone', scope: 'read', fields: { token: 'rt_wrong' }, ok: 'sign-in' },
  subscribe: { access: 'anyone', scope: 'read', fields: { topics: [] }, ok: 'ok' },
  unsubscribe: { access: 'anyone', scope: 'read', fields: { topics: [] }, ok: 'ok' },
  say: { access: 'anyone', scope: 'chat', fields: { text: ' ' }, ok: 'bad-request' },
  edit: { access: 'anyone', scope: 'chat', fields: { message: NO_MESSAGE, text: 'x' }, ok: needsName('not-found') },
  delete: { access: 'anyone', scope: 'chat', fields: { message: NO_MESSAGE }, ok: 'not-found' },
  react: { access: 'anyone', scope: 'chat', fields: { message: NO_MESSAGE, emoji: '👍' }, ok: needsName('not-found') },
  history: { access: 'anyone', scope: 'read', ok: 'ok' },
  search: { access: 'anyone', scope: 'read', fields: { text: 'x' }, ok: 'ok' },
  beacon: { access: 'anyone', scope: 'read', fields: BEACON, ok: 'ok' },
  release: { access: 'moderator', scope: 'manage', fields: { message: NO_MESSAGE }, ok: 'not-found' },
  timeout: { access: 'moderator', scope: 'manage', fields: { user: 'u_none', seconds: 0 }, ok: 'not-found' },
  purge: { access: 'moderator', scope: 'manage', fields: { user: 'u_none' }, ok: 'ok' },
  volume: { access: 'anyone', scope: 'read', fields: { level: 0.5 }, ok: 'ok' },
  mute: { access: 'anyone', scope: 'read', fields: { on: true }, ok: 'ok' },
  media: { access: 'anyone', scope: 'read', fields: { format: null }, ok: 'ok' },
  pause: { access: 'anyone', scope: 'read', ok: 'bad-request' },
  play: { access: 'anyone', scope: 'read', ok: 'bad-request' },
  quality: { access: 'anyone', scope: 'read', fields: { track: 1 }, ok: 'bad-request' },
  seek: { access: 'anyone', scope: 'read', fields: { to: 1 }, ok: 'not-seekable' },
  stats: { access: 'anyone', scope: 'read', ok: 'bad-request' },
  restore: { access: 'anyone', scope: 'chat', fields: { messages: [NO_MESSAGE] }, ok: 'ok' },
  held: { access: 'moderator', scope: 'manage', ok: 'ok' },
  pin: { access: 'moderator', scope: 'manage', fields: { message: NO_MESSAGE }, ok: 'not-found' },
  unpin: { access: 'moderator', scope: 'manage', ok: 'not-found' },
  'chat-settings': { access: 'moderator', scope: 'manage', ok: 'ok' },
};

/** What is pushed on it, and to whom. */
export const heard: Record<string, string> = {
  stream: 'anyone',
  room: 'anyone',
  presence: 'anyone',
  people: 'anyone',
  audience: 'moderator',
  qoe: 'moderator',
  timeline: 'moderator',
  doctor: 'owner',
  control: 'owner',
  chat: 'anyone',
  volume: 'anyone',
};

export interface Saying {
  access: 'anyone' | 'moderator' | 'owner';
  scope: Scope;
  fields?: object;
  ok: string | ((who: Who, principal: Principal) => string);
}

/** Who speaks has a name. The owner of this server has not chosen one, and its programs have none. */
function needsName(code: string): Saying['ok'] {
  return (who, { name }) => (!['admin', 'guest'].includes(who) || name.includes('guest') ? code : 'name-needed');
}

/** Whether somebody looks after the room that the rows are about. */
export function looksAfter(who: Who): boolean {
  return who === 'admin' || who === 'owner' || who === 'moderator';
}
