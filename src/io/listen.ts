import type { AddressInfo, Server } from 'node:net';
import { type ErrorCode, RoomcastError } from '../errors.ts';

/** Connections that the system keeps until we take them: a whole audience may come at once. */
const BACKLOG = 4096;

/** Ports below this one systems keep for those whom they trust. */
const FIRST_FREE_PORT = 1024;
/** What a program may do about that. */
const RIGHT =
  'A service of systemd may with AmbientCapabilities=CAP_NET_BIND_SERVICE, as in deploy/roomcast.service; any program ' +
  'with “setcap cap_net_bind_service=+ep” on the node that runs it, or by authbind; a container with ' +
  '--sysctl net.ipv4.ip_unprivileged_port_start=0.';

/** An address that cannot be listened on. */
export class ListenError extends RoomcastError {
  readonly port: number;

  constructor(code: ErrorCode, message: string, { port, cause }: { port: number; cause: unknown }) {
    super(code, message, { cause });
    this.name = 'ListenError';
    this.port = port;
  }

  /** How a program gets the right to a port that the system keeps; undefined where that is not what is missing. */
  get right(): string | undefined {
    return this.code === 'bad-config' && this.port > 0 && this.port < FIRST_FREE_PORT ? RIGHT : undefined;
  }
}

/** Starts listening. Throws `port-taken` or `bad-config`, in words. */
export function listen(
  server: Server,
  { host, port }: { host?: string | undefined; port: number },
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => reject(inWords(cause, { host, port }));
    server.once('error', fail);
    server.listen({ port, ...(host ? { host } : {}), backlog: BACKLOG }, () => {
      server.off('error', fail);
      resolve(server.address() as AddressInfo);
    });
  });
}

function inWords(
  cause: NodeJS.ErrnoException,
  { host, port }: { host: string | undefined; port: number },
): ListenError {
  const { code } = cause;
  if (code === 'EADDRINUSE') {
    return new ListenError('port-taken', `Port ${port} is used by another program.`, { port, cause });
  }
  const message =
    code === 'EACCES'
      ? `This user may not listen on port ${port}; ports below 1024 often belong to the system.`
      : `${host ?? 'The host'} is not an address of this machine.`;
  return new ListenError('bad-config', message, { port, cause });
}
