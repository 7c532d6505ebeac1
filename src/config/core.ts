import { hlsOptions } from './hls.ts';
import { ircLimitOptions, ircOptions } from './irc.ts';
import { limitOptions } from './limits.ts';
import { liveOptions } from './live.ts';
import { outgoingOptions, webhookOptions } from './outgoing.ts';
import type { OptionTable, Values } from './schema.ts';
import { tlsOptions } from './tls.ts';

/** Where things are and who may do what. Plugins add their own tables beside this one. */
export const serverOptions = {
  data: {
    type: 'text',
    format: 'folder',
    default: './data',
    flag: 'DIR',
    description:
      'Folder of the database, the secret that seals keys, and the token file of the command line. The server makes it when it is missing; commands work on one that is there.',
  },
  database: {
    type: 'text',
    format: 'database',
    flag: 'URL',
    secret: true,
    description:
      'A database of PostgreSQL, postgres://USER:PASSWORD@HOST:PORT/NAME, in place of SQLite in the data folder. With a password better in the environment: others see flags.',
  },
  http: {
    type: 'text',
    format: 'address',
    default: ':8080',
    flag: 'ADDR:PORT',
    description:
      'Where pages, API, HTTP-FLV and WebSockets listen. Without ADDR on all interfaces; port 0 takes any free one.',
  },
  rtmp: {
    type: 'text',
    format: 'address',
    default: ':1935',
    flag: 'ADDR:PORT',
    takesPublishers: true,
    description: 'Where RTMP publishers and players connect.',
  },
  https: {
    type: 'text',
    format: 'address',
    flag: 'ADDR:PORT',
    description:
      'Where the same as on http listens over TLS, with HTTP/2, once “tls” is set. Without this on port 8443 of all interfaces, with tls.acme on 443.',
  },
  rtmps: {
    type: 'text',
    format: 'address',
    flag: 'ADDR:PORT',
    takesPublishers: true,
    description: 'Where RTMP over TLS listens, once “tls” is set. Without this on port 1936 of all interfaces.',
  },
  config: {
    type: 'text',
    format: 'file',
    flag: 'FILE',
    notInFile: true,
    description: 'The configuration file. Without this, roomcast.yaml of the working folder is read if it is there.',
  },
  demo: {
    type: 'switch',
    default: false,
    flag: '',
    notInFile: true,
    description: 'Publishes a built-in looping clip into the default room. It gives way to a real publisher at once.',
  },
  publicUrl: {
    type: 'text',
    format: 'web-url',
    flag: 'URL',
    description:
      'The address under which people reach the pages, for links: https://live.example.org. Needed behind a router or proxy.',
  },
  publicRtmp: {
    type: 'text',
    format: 'rtmp-url',
    flag: 'URL',
    description:
      'The server address shown for OBS: rtmp://live.example.org/live. Without it, the host under which the page was opened.',
  },
  defaultRoom: {
    type: 'text',
    format: 'slug',
    default: 'lobby',
    flag: 'SLUG',
    description: 'The room that exists from the first start and that the printed link opens.',
  },
  rooms: {
    type: 'record',
    names: 'slug',
    description: 'Rooms declared here cannot be changed by page, API or command line, only here.',
    each: {
      title: { type: 'text', maxLength: 120, description: 'What viewers read above the picture.' },
      key: {
        type: 'text',
        format: 'key',
        secret: true,
        description: 'The publish key, in place of a generated one. Different from every slug and every other key.',
      },
    },
  },
  publish: {
    type: 'text',
    oneOf: ['key', 'open'],
    default: 'key',
    flag: 'WHO',
    description:
      '“open” lets everyone publish to any path, for tests and labs; refused unless all that takes publishers listens on loopback.',
  },
  signUp: {
    type: 'text',
    oneOf: ['open', 'off'],
    default: 'open',
    flag: 'WHO',
    description:
      'Whether visitors may make accounts. “off” leaves that to the owner of the server. Watching needs no account.',
  },
  createRooms: {
    type: 'text',
    oneOf: ['admin', 'accounts'],
    default: 'admin',
    flag: 'WHO',
    description: 'Who may make rooms: the owner of the server alone, or everybody with an account.',
  },
  trustedProxies: {
    type: 'list',
    items: { type: 'text', format: 'network', description: 'An address or network.' },
    default: [],
    description:
      'Reverse proxies whose forwarding headers name the real client. They are exempt from limits per address.',
  },
  frameAncestors: {
    type: 'list',
    items: { type: 'text', format: 'frame-source', description: 'A source of the Content-Security-Policy.' },
    default: ['*'],
    description: 'Sites that may show /embed/SLUG in a frame. All other pages are framed by nobody but ourselves.',
  },
  logLevel: {
    type: 'text',
    oneOf: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    flag: 'LEVEL',
    description: 'The least serious line that is logged.',
  },
} as const;

export const coreOptions = {
  ...serverOptions,
  ...ircOptions,
  ...liveOptions,
  tls: {
    type: 'group',
    description: 'HTTPS and RTMPS beside HTTP and RTMP. “tls: self-signed” is short for a certificate of our own.',
    words: { 'self-signed': { selfSigned: true } },
    options: tlsOptions,
  },
  hls: {
    type: 'group',
    description: 'How streams are cut for HLS.',
    options: hlsOptions,
  },
  outgoing: {
    type: 'group',
    description: 'What the server asks of other servers whose addresses people give it.',
    options: outgoingOptions,
  },
  webhooks: {
    type: 'group',
    description: 'How other servers are told of what happens here, and asked.',
    options: webhookOptions,
  },
  limits: {
    type: 'group',
    description: 'Ceilings that keep one peer from costing the others anything.',
    options: { ...limitOptions, ...ircLimitOptions },
  },
} satisfies OptionTable as CoreTable;

export type CoreTable = typeof serverOptions &
  typeof ircOptions &
  typeof liveOptions & {
    readonly tls: {
      readonly type: 'group';
      readonly description: string;
      readonly words: { readonly 'self-signed': { readonly selfSigned: true } };
      readonly options: typeof tlsOptions;
    };
    readonly hls: { readonly type: 'group'; readonly description: string; readonly options: typeof hlsOptions };
    readonly outgoing: {
      readonly type: 'group';
      readonly description: string;
      readonly options: typeof outgoingOptions;
    };
    readonly webhooks: {
      readonly type: 'group';
      readonly description: string;
      readonly options: typeof webhookOptions;
    };
    readonly limits: {
      readonly type: 'group';
      readonly description: string;
      readonly options: typeof limitOptions & typeof ircLimitOptions;
    };
  };

/** Every core option, checked and filled in. */
export type CoreSettings = Values<CoreTable>;
