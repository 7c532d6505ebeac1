import { accounts } from './features/accounts/index.ts';
import { acme } from './features/acme/index.ts';
import { api } from './features/api/index.ts';
import { journal } from './features/journal/index.ts';
import { audit } from './features/audit/index.ts';
import { chat } from './features/chat/index.ts';
import { demo } from './features/demo/index.ts';
import { doctor } from './features/doctor/index.ts';
import { health } from './features/health/index.ts';
import { metrics } from './features/metrics/index.ts';
import { pages } from './features/pages/index.ts';
import { volume } from './features/volume/index.ts';
import { pictures } from './features/pictures/index.ts';
import { presence } from './features/presence/index.ts';
import { roomSocket } from './features/room-socket/index.ts';
import { rooms } from './features/rooms/index.ts';
import type { Plugin } from './plugin.ts';
import { webhooks } from './features/webhooks/index.ts';
import { hls } from './protocols/hls/index.ts';
import { httpLive } from './protocols/http-live/index.ts';
import { irc } from './protocols/irc/index.ts';
import { rtmp } from './protocols/rtmp/index.ts';

/** Everything the server is made of, in the order in which it starts. One line each. */
export const plugins: readonly Plugin[] = [
  journal,
  acme,
  audit,
  accounts,
  rooms,
  doctor,
  api,
  health,
  metrics,
  roomSocket,
  pictures,
  chat,
  volume,
  presence,
  webhooks,
  irc,
  rtmp,
  httpLive,
  hls,
  pages,
  demo,
];
