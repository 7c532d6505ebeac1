import { Type } from 'typebox';

const text = Type.String();
const count = Type.Integer();
const time = Type.String({ description: 'ISO 8601, UTC' });

export const sessionsSchema: Type.TObject = Type.Object({
  sessions: Type.Array(
    Type.Object({
      id: text,
      protocol: text,
      action: Type.String({ description: 'publish or play' }),
      path: text,
      identity: Type.Optional(text),
      remote: text,
      agent: Type.Optional(text),
      since: time,
      bytesIn: count,
      bytesOut: count,
      skips: count,
    }),
  ),
});

export const serverSchema: Type.TObject = Type.Object({
  version: text,
  node: text,
  startedAt: time,
  claimed: Type.Boolean({ description: 'somebody has opened the owner’s link' }),
  sessions: Type.Object({ publish: count, play: count }),
  streams: Type.Integer({ description: 'broadcasts that are on' }),
  memory: Type.Integer({ description: 'bytes of the process that are in memory' }),
});

export const healthSchema: Type.TObject = Type.Object({ status: text });
