/** JSON schemas of the answers about the whole server, for the reference. */

const text = { type: 'string' };
const whole = { type: 'integer' };
const time = { type: 'string', description: 'ISO 8601, UTC' };

const session = {
  type: 'object',
  required: ['id', 'protocol', 'action', 'path', 'remote', 'since', 'bytesIn', 'bytesOut', 'skips'],
  properties: {
    id: text,
    protocol: text,
    action: { type: 'string', description: 'publish or play' },
    path: text,
    identity: text,
    remote: text,
    agent: text,
    since: time,
    bytesIn: whole,
    bytesOut: whole,
    skips: whole,
  },
};

export const sessionsSchema: object = {
  type: 'object',
  required: ['sessions'],
  properties: { sessions: { type: 'array', items: session } },
};

export const serverSchema: object = {
  type: 'object',
  required: ['version', 'node', 'startedAt', 'claimed', 'sessions', 'streams', 'memory'],
  properties: {
    version: text,
    node: text,
    startedAt: time,
    claimed: { type: 'boolean', description: 'somebody has opened the owner’s link' },
    sessions: { type: 'object', required: ['publish', 'play'], properties: { publish: whole, play: whole } },
    streams: { type: 'integer', description: 'broadcasts that are on' },
    memory: { type: 'integer', description: 'bytes of the process that are in memory' },
  },
};

export const healthSchema: object = { type: 'object', required: ['status'], properties: { status: text } };
