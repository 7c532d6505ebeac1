/** JSON schemas of bodies and answers about the people of a chat. */

const text = { type: 'string' };
const time = { type: 'string', description: 'ISO 8601, UTC' };

const note = {
  type: 'object',
  required: ['id', 'who', 'text', 'by', 'at'],
  properties: {
    id: text,
    who: { type: 'string', description: 'account or guest that it is about' },
    text,
    by: { type: 'string', description: 'account' },
    at: time,
  },
};
const timeout = {
  type: 'object',
  required: ['who', 'name', 'by', 'until'],
  properties: { who: text, name: text, reason: text, by: text, until: time },
};
const ban = {
  type: 'object',
  required: ['id', 'by', 'created'],
  properties: { id: text, who: text, name: text, network: text, reason: text, by: text, created: time, until: time },
};

export const noteBody: object = {
  type: 'object',
  required: ['user', 'text'],
  additionalProperties: false,
  properties: {
    user: { type: 'string', minLength: 1, maxLength: 64 },
    text: { type: 'string', minLength: 1, maxLength: 500, pattern: String.raw`^[\P{Cc}\n]*\S[\P{Cc}\n]*$` },
  },
};
export const noteSchema: object = note;
export const notesSchema: object = list('notes', note);
export const timeoutsSchema: object = list('timeouts', timeout);

export const personSchema: object = {
  type: 'object',
  required: ['id', 'said', 'messages', 'bans', 'notes'],
  properties: {
    id: text,
    name: text,
    role: { enum: ['owner', 'moderator', 'speaker', 'viewer', 'guest', 'banned'] },
    said: { type: 'integer', description: 'how many messages' },
    messages: {
      type: 'array',
      description:
        'the last, the oldest first, as the room’s socket tells them; what was taken away by others is there',
      items: { type: 'object', additionalProperties: true },
    },
    timeout,
    bans: { type: 'array', items: ban },
    notes: { type: 'array', items: note },
  },
};

function list(name: string, items: object): object {
  return { type: 'object', required: [name], properties: { [name]: { type: 'array', items } } };
}
