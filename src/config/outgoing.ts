/** What the server asks of other servers, whose addresses people give it. */
export const outgoingOptions = {
  allow: {
    type: 'list',
    items: { type: 'text', format: 'outgoing', description: 'An address, a network, or HOST:PORT.' },
    default: [],
    description:
      'Other servers that may be reached beside those of the internet: addresses, networks (10.0.0.0/8) and HOST:PORT, which also opens a port that is not for the web.',
  },
  time: {
    type: 'number',
    unit: 'seconds',
    min: 0.1,
    max: 60,
    default: 5,
    description: 'From asking for the address of another server to the end of its answer.',
  },
  answer: {
    type: 'number',
    whole: true,
    unit: 'bytes',
    min: 1024,
    max: 16_777_216,
    default: 65_536,
    description: 'The largest answer of another server.',
  },
} as const;

/** How other servers are told of what happens here, and asked. */
export const webhookOptions = {
  decisionTime: {
    type: 'number',
    unit: 'seconds',
    min: 0.1,
    max: 30,
    default: 3,
    description:
      'How long a server that decides who may publish, play or write, or that answers a command, may take. Then its setting decides: open or closed.',
  },
  tries: {
    type: 'number',
    whole: true,
    min: 1,
    max: 20,
    default: 5,
    description: 'How often an event is sent, at growing intervals, before it is put aside.',
  },
  queue: {
    type: 'number',
    whole: true,
    min: 10,
    max: 100_000,
    default: 1000,
    description: 'Events that wait for one server. Of more the oldest are dropped, those of the chat first.',
  },
  log: {
    type: 'number',
    whole: true,
    min: 10,
    max: 100_000,
    default: 500,
    description: 'Events that are remembered of each server once they were sent or put aside.',
  },
} as const;
