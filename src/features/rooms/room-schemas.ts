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

/** What of a room can be changed. A title is one line, as in the configuration file. */
export const roomBody: object = {
  type: 'object',
  required: ['title'],
  additionalProperties: false,
  properties: { title: { type: 'string', maxLength: 120, pattern: String.raw`^\P{Cc}*\S\P{Cc}*$` } },
};

/** All that anybody may know of a room. */
export const roomSchema: object = {
  type: 'object',
  required: ['slug', 'title', 'state', 'viewers', 'tracks', 'role'],
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
    role: { enum: ['owner', 'guest'], description: 'who asks' },
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
