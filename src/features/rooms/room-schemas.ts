import { Type } from 'typebox';

const time = Type.String({ description: 'ISO 8601, UTC' });

const track = Type.Object({
  id: Type.Integer(),
  kind: Type.String(),
  codec: Type.String(),
  codecs: Type.Optional(Type.String({ description: 'RFC 6381' })),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  frameRate: Type.Optional(Type.Number()),
  sampleRate: Type.Optional(Type.Integer()),
  channels: Type.Optional(Type.Integer()),
});

/** All that anybody may know of a room; what is not named here never leaves the server. */
export const roomSchema: Type.TObject = Type.Object({
  slug: Type.String(),
  title: Type.String(),
  state: Type.String({ description: 'idle, starting, live, waiting or ended' }),
  since: Type.Optional(time),
  viewers: Type.Integer(),
  lastLive: Type.Optional(Type.Object({ endedAt: time, duration: Type.Number({ description: 'seconds' }) })),
  tracks: Type.Array(track),
  role: Type.String({ description: 'owner or guest' }),
});

export const roomsSchema: Type.TObject = Type.Object({ rooms: Type.Array(roomSchema) });

/** What an encoder needs, for the owner. */
export const keySchema: Type.TObject = Type.Object({
  key: Type.String(),
  server: Type.String({ description: 'server address for OBS' }),
  publishUrl: Type.String({ description: 'address and key in one' }),
  declared: Type.Boolean({ description: 'the key is declared in the configuration file' }),
});
