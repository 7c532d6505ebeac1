import type { SocketCommand } from '../../io/http.ts';

/** What a client may say on a room's socket. The authorization tests are generated from these rows. */
export const commands: readonly SocketCommand[] = [
  { type: 'ping', access: 'anyone', summary: 'Answered by a pong with the server’s wall time.' },
];
