/** Where IRC listens; it is off without. */
export const ircOptions = {
  irc: {
    type: 'text',
    format: 'address',
    flag: 'ADDR:PORT',
    description: 'Where IRC clients connect to the chats of rooms; 6667 is the usual port. Without this nothing does.',
  },
  ircs: {
    type: 'text',
    format: 'address',
    flag: 'ADDR:PORT',
    description: 'Where IRC over TLS listens, once “tls” is set; 6697 is the usual port. Without this nothing does.',
  },
} as const;

/** Ceilings on what one client of IRC may cost. */
export const ircLimitOptions = {
  ircFirst: {
    type: 'number',
    unit: 'seconds',
    min: 1,
    max: 300,
    default: 30,
    description: 'From connecting over IRC to having a nick; people may type their password meanwhile.',
  },
  ircIdle: {
    type: 'number',
    unit: 'seconds',
    min: 10,
    max: 3600,
    default: 180,
    description: 'How long a client of IRC may be silent; it is pinged at half of that, and every client answers.',
  },
  ircQueue: {
    type: 'number',
    whole: true,
    unit: 'bytes',
    min: 16_384,
    max: 16_777_216,
    default: 262_144,
    description:
      'What may wait for a client of IRC that does not read; beyond it is closed. A join with history is 40 KB.',
  },
  ircMessages: {
    type: 'number',
    whole: true,
    unit: 'lines in 10 seconds',
    min: 0,
    max: 100_000,
    default: 40,
    description: 'Lines of one client of IRC that are read; the rest wait their turn. 0 is no limit.',
  },
  ircChannels: {
    type: 'number',
    whole: true,
    min: 1,
    max: 1000,
    default: 20,
    description: 'Rooms that one client of IRC is in at once.',
  },
  ircPerAddress: {
    type: 'number',
    whole: true,
    min: 0,
    max: 1_000_000,
    default: 50,
    description: 'Clients of IRC of one address; 0 is no limit. Loopback and trusted proxies are exempt.',
  },
  ircHistory: {
    type: 'number',
    whole: true,
    unit: 'messages',
    min: 0,
    max: 100,
    default: 30,
    description: 'What was said last in a room, for a client of IRC that comes and knows of times (server-time).',
  },
} as const;
