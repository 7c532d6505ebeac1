/** JSON schemas of bodies and answers about rooms. */

const text = { type: 'string' };
const whole = { type: 'integer' };
const time = { type: 'string', description: 'ISO 8601, UTC' };

const track = {
  type: 'object',
  required: ['id', 'kind', 'codec'],
  properties: {
    id: whole,
    kind: { enum: ['video', 'audio', 'data'] },
    codec: text,
    codecs: { type: 'string', description: 'RFC 6381' },
    width: whole,
    height: whole,
    frameRate: { type: 'number' },
    sampleRate: whole,
    channels: whole,
  },
};

const slug = { type: 'string', maxLength: 63 };
/** One line, as in the configuration file. */
const title = { type: 'string', maxLength: 120, pattern: String.raw`^\P{Cc}*\S\P{Cc}*$` };
const line = { type: 'string', minLength: 1, maxLength: 80, pattern: String.raw`^\P{Cc}*\S\P{Cc}*$` };
const watch = { enum: ['everyone', 'link', 'password', 'signed-in', 'list'] };
const guests = { enum: ['write', 'read', 'off'] };

function orNull(schema: object): object {
  return { anyOf: [schema, { type: 'null' }] };
}

function body(properties: object, required: readonly string[] = []): object {
  return { type: 'object', required, additionalProperties: false, properties };
}

/** What of a room can be changed; null takes away. */
const settings = {
  title,
  description: orNull({ type: 'string', maxLength: 2000, pattern: String.raw`^[\P{Cc}\n]*$` }),
  tags: {
    type: 'array',
    maxItems: 10,
    items: {
      type: 'string',
      maxLength: 30,
      pattern: String.raw`^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]*$`,
      description: 'a word of letters, digits, “-” and “_”',
    },
  },
  language: orNull({
    type: 'string',
    maxLength: 35,
    pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$',
    description: 'a language tag, such as en or pt-BR',
  }),
  watch,
  password: orNull({ type: 'string', minLength: 4, maxLength: 256 }),
  guests,
  showViewers: { type: 'boolean', description: 'everybody in it may see who has signed in' },
  maxViewers: orNull({ type: 'integer', minimum: 1, maximum: 1_000_000 }),
  maxBitRate: orNull({ type: 'integer', minimum: 100_000, maximum: 1_000_000_000, description: 'bit/s' }),
};

export const roomBody: object = body(settings);
export const newRoomBody: object = body({ slug, ...settings }, ['slug']);
export const renameBody: object = body({ slug }, ['slug']);
export const keyNameBody: object = body({ name: line }, ['name']);
export const memberBody: object = body(
  { name: { type: 'string', maxLength: 128 }, role: { enum: ['moderator', 'speaker', 'viewer'] } },
  ['name', 'role'],
);
export const banBody: object = body({
  name: { type: 'string', maxLength: 128 },
  // `p_` and the viewer of a pass are the longest.
  who: { type: 'string', maxLength: 2 + line.maxLength },
  network: { type: 'string', maxLength: 49 },
  reason: line,
  minutes: { type: 'integer', minimum: 1, maximum: 5_256_000 },
});
export const enterBody: object = body({
  password: { type: 'string', maxLength: 256 },
  pass: { type: 'string', maxLength: 1024 },
});
export const passBody: object = {
  ...body({ viewer: line, minutes: { type: 'integer', minimum: 1, maximum: 5_256_000 } }),
  type: ['object', 'null'],
};

/** All that anybody may know of a room. */
export const roomSchema: object = {
  type: 'object',
  required: ['slug', 'title', 'state', 'viewers', 'tracks', 'tags', 'watch', 'guests', 'admitted', 'role'],
  properties: {
    slug: text,
    title: text,
    state: { enum: ['idle', 'starting', 'live', 'waiting', 'ended'] },
    since: time,
    viewers: whole,
    lastLive: {
      type: 'object',
      required: ['endedAt', 'duration'],
      properties: { endedAt: time, duration: { type: 'number', description: 'seconds' } },
    },
    tracks: { type: 'array', items: track },
    description: text,
    tags: { type: 'array', items: text },
    cover: { type: 'string', description: 'address of a picture, within the server' },
    language: text,
    watch,
    guests,
    showViewers: { type: 'boolean', description: 'everybody in it may see who has signed in; absent where not' },
    admitted: { type: 'boolean', description: 'who asks may enter; the others are told no more than the title' },
    ban: {
      type: 'object',
      description: 'what keeps the one who asks out: until when, for ever where absent, and why',
      properties: { until: time, reason: text },
    },
    archived: time,
    declared: {
      type: 'object',
      description: 'where the configuration file declares it, for its owner; “title”: the title, too',
      required: ['file', 'line', 'title'],
      properties: { file: text, line: whole, title: { type: 'boolean' } },
    },
    maxViewers: whole,
    maxBitRate: { type: 'integer', description: 'bit/s' },
    role: {
      enum: ['owner', 'moderator', 'speaker', 'viewer', 'guest', 'banned'],
      description: 'of who asks; a guest has not signed in',
    },
  },
};

export const roomsSchema: object = {
  type: 'object',
  required: ['rooms'],
  properties: { rooms: { type: 'array', items: roomSchema } },
};

/** What an encoder needs, for the owner. */
export const keySchema: object = {
  type: 'object',
  required: ['key', 'server', 'publishUrl', 'declared'],
  properties: {
    key: text,
    server: { type: 'string', description: 'server address for OBS' },
    publishUrl: { type: 'string', description: 'address and key in one' },
    declared: { type: 'boolean', description: 'the key is declared in the configuration file' },
  },
};

const keyRecord = {
  type: 'object',
  required: ['id', 'name', 'main', 'declared'],
  properties: {
    id: text,
    name: text,
    main: { type: 'boolean', description: 'the one that is shown first' },
    declared: { type: 'boolean', description: 'the key is declared in the configuration file' },
    created: time,
    lastUsed: time,
    live: { type: 'boolean', description: 'somebody publishes with it now; only in the list' },
  },
};
export const keysSchema: object = list('keys', keyRecord);

/** A key with its name. */
export const namedKeySchema: object = {
  type: 'object',
  required: [...(keySchema as { required: string[] }).required, ...keyRecord.required],
  properties: { ...(keySchema as { properties: object }).properties, ...keyRecord.properties },
};

export const membersSchema: object = list('members', {
  type: 'object',
  required: ['id', 'role', 'since'],
  properties: { id: text, name: text, role: { enum: ['moderator', 'speaker', 'viewer'] }, since: time },
});

const ban = {
  type: 'object',
  required: ['id', 'by', 'created'],
  properties: { id: text, who: text, name: text, network: text, reason: text, by: text, created: time, until: time },
};
export const banSchema: object = ban;
export const bansSchema: object = list('bans', ban);

/** A signed link: the pass alone, and the addresses that it opens. */
export const passSchema: object = {
  type: 'object',
  required: ['pass', 'url'],
  properties: { pass: text, url: { type: 'string', description: 'of the room’s page' }, until: time },
};

function list(name: string, items: object): object {
  return { type: 'object', required: [name], properties: { [name]: { type: 'array', items } } };
}
