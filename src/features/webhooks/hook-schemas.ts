import { decisions, hookEvents } from './hook.ts';

/** JSON schemas of bodies and answers about webhooks and commands. */

const time = { type: 'string', description: 'ISO 8601, UTC' };
const url = { type: 'string', minLength: 1, maxLength: 2048 };
const secret = { type: 'string', description: 'shown this once; requests are signed by it' };
const list = (of: readonly string[]): object => ({
  type: 'array',
  uniqueItems: true,
  maxItems: of.length,
  items: { enum: of },
});

const settings = {
  url,
  events: list(hookEvents),
  decides: list(decisions),
  fail: { enum: ['open', 'closed'], description: 'what holds when it does not decide in time' },
  milestones: {
    type: 'array',
    uniqueItems: true,
    maxItems: 20,
    items: { type: 'integer', minimum: 1, maximum: 1_000_000_000 },
  },
  enabled: { type: 'boolean' },
};
const hook = {
  type: 'object',
  required: ['id', 'created', 'waiting', ...Object.keys(settings)],
  properties: {
    id: { type: 'string' },
    ...settings,
    created: time,
    waiting: { type: 'integer', description: 'events that wait to be sent' },
  },
};

export const newHookBody: object = {
  type: 'object',
  required: ['url'],
  additionalProperties: false,
  properties: settings,
};
export const hookBody: object = {
  type: 'object',
  additionalProperties: false,
  properties: { ...settings, rotate: { const: true, description: 'makes another secret, and shows it' } },
};
const previousUntil = { ...time, description: 'until then requests are signed by the secret before, too' };
export const hookAnswer: object = { ...hook, properties: { ...hook.properties, secret, previousUntil } };
export const hooksAnswer: object = {
  type: 'object',
  required: ['hooks'],
  properties: { hooks: { type: 'array', items: hook } },
};
export const testAnswer: object = {
  type: 'object',
  required: ['ok', 'ms'],
  properties: {
    ok: { type: 'boolean' },
    status: { type: 'integer' },
    error: { type: 'string' },
    ms: { type: 'integer' },
  },
};
const delivery = {
  type: 'object',
  required: ['id', 'event', 'type', 'at', 'state', 'attempts'],
  properties: {
    id: { type: 'integer' },
    event: { type: 'string' },
    type: { type: 'string' },
    at: time,
    state: { enum: ['waiting', 'sent', 'dead'] },
    attempts: { type: 'integer' },
    tried: time,
    status: { type: 'integer' },
    error: { type: 'string' },
    ms: { type: 'integer' },
  },
};
export const deliveriesAnswer: object = {
  type: 'object',
  required: ['deliveries'],
  properties: { deliveries: { type: 'array', items: delivery } },
};

const command = {
  name: { type: 'string', pattern: '^[a-z0-9_-]{1,32}$', description: '1 to 32 of a-z, 0-9, “-” and “_”' },
  help: { type: 'string', minLength: 1, maxLength: 100, pattern: String.raw`^[^\p{Cc}]+$` },
  url,
  bot: { type: 'string', minLength: 1, maxLength: 128, description: 'name of the bot that says the answers' },
};
export const commandBody: object = {
  type: 'object',
  required: ['name', 'help', 'url'],
  additionalProperties: false,
  properties: command,
};
const kept = {
  type: 'object',
  required: ['name', 'help', 'url', 'created'],
  properties: { ...command, created: time },
};
export const commandAnswer: object = { ...kept, properties: { ...kept.properties, secret } };
export const commandsAnswer: object = {
  type: 'object',
  required: ['commands'],
  properties: { commands: { type: 'array', items: kept } },
};
