import { PLAYER_ERRORS, PLAYER_PATHS } from './beacon.ts';

/** JSON schemas of the answers about those who watch. */

const text = { type: 'string' };
const whole = { type: 'integer' };
const number = { type: 'number' };
const seconds = { type: 'number', description: 'seconds' };
const time = { type: 'string', description: 'ISO 8601, UTC' };

function object(properties: object, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', required, properties };
}

function list(name: string, items: object): object {
  return object({ [name]: { type: 'array', items } });
}

export const viewersSchema: object = list(
  'viewers',
  object({
    id: text,
    name: text,
    role: { enum: ['owner', 'moderator', 'speaker', 'viewer'] },
    protocols: { type: 'array', items: text, description: 'empty for a page that does not play' },
  }),
);

const broadcast = object(
  {
    id: text,
    started: time,
    ended: { ...time, description: 'absent while it is on' },
    duration: seconds,
    peak: { type: 'integer', description: 'most viewers at once' },
    unique: { type: 'integer', description: 'different viewers, at least as many as watched at once' },
    watchSeconds: { type: 'integer', description: 'seconds that all viewers watched together' },
    average: { type: 'number', description: 'viewers at a time' },
    protocols: { type: 'object', additionalProperties: object({ peak: whole, watchSeconds: whole }) },
    messages: { type: 'integer', description: 'in the chat' },
  },
  ['ended'],
);

export const broadcastsSchema: object = object({
  broadcasts: { type: 'array', items: broadcast },
  total: object({ broadcasts: whole, duration: seconds, watchSeconds: whole, messages: whole }),
});

function percentiles(description: string): object {
  return { ...object({ p50: number, p95: number }), description };
}

const quality = object(
  {
    viewers: { type: 'integer', description: 'those who have told' },
    start: percentiles('ms to the first picture'),
    stallRatio: percentiles('share of the time in which it stood still to load'),
    latency: percentiles('seconds behind the camera'),
    stalls: whole,
    dropped: { type: 'integer', description: 'pictures' },
    errors: object(Object.fromEntries(PLAYER_ERRORS.map((error) => [error, whole])), PLAYER_ERRORS),
  },
  ['start', 'stallRatio', 'latency'],
);
const report = object({
  all: quality,
  paths: object(Object.fromEntries(PLAYER_PATHS.map((path) => [path, quality])), PLAYER_PATHS),
});
export const qoeSchema: object = object({ minute: report, broadcast: report });

export const timelineSchema: object = list(
  'points',
  object(
    {
      at: time,
      bitRate: { type: 'number', description: 'bit/s' },
      frameRate: number,
      gop: seconds,
      viewers: whole,
      skips: { type: 'integer', description: 'times that slow viewers were moved ahead since the point before' },
      dropped: { type: 'integer', description: 'pictures that players dropped since the point before' },
      latency: { type: 'number', description: 'seconds behind the camera of the viewer in the middle' },
    },
    ['gop', 'latency'],
  ),
);

export const roomSessionsSchema: object = list(
  'sessions',
  object(
    {
      id: text,
      protocol: text,
      action: { enum: ['publish', 'play'] },
      path: text,
      identity: text,
      remote: { type: 'string', description: 'address, or for moderators its network' },
      agent: text,
      since: time,
      bytesIn: whole,
      bytesOut: whole,
      skips: whole,
    },
    ['identity', 'agent'],
  ),
);
