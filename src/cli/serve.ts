import type { Settings } from '../config/settings.ts';
import { isPrivate } from '../config/address.ts';
import { RoomcastError } from '../errors.ts';
import { createLogger } from '../io/logger.ts';
import { createServer } from '../server.ts';
import type { CommandContext } from './commands.ts';

/** `roomcast serve`: runs until the first signal, then drains; a second signal ends the process at once. */
export async function serve({ effective, stdout, stderr, signals }: CommandContext): Promise<number> {
  const { settings } = effective;
  const logger = await createLogger({ level: settings.logLevel, pretty: stderr.isTTY === true });
  for (const warning of effective.warnings) logger.warn({}, warning);
  const { promise: stopped, resolve: stop } = Promise.withResolvers<{ status: number }>();
  signals((signal) => {
    logger.info({ signal }, 'stopping');
    stop({ status: 0 });
  });
  // The last resort: nothing a peer sends may come here, so the process is not to be trusted any more.
  const fail = (error: unknown): void => {
    logger.error({ error }, 'a fault of the server itself, it stops');
    stop({ status: 1 });
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  const server = await createServer(settings, { logger }).catch((error: unknown) => {
    throw listenFailure(error, settings) ?? error;
  });
  const url = server.link();
  if (!server.claimed || stdout.isTTY) stdout.write(`Open ${url}\n`);
  const { hostname } = new URL(url);
  if (settings.publicUrl === undefined && isPrivate(hostname.replaceAll(/[[\]]/g, ''))) {
    logger.info(
      {},
      `${hostname} is reachable only from the same network; set publicUrl to the address that the audience uses`,
    );
  }
  const { status } = await stopped;
  await server.close();
  return status;
}

/** Words for an address that cannot be listened on, naming the flag that chooses another. */
export function listenFailure(error: unknown, settings: Pick<Settings, 'http' | 'rtmp'>): RoomcastError | undefined {
  const { code, syscall, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return undefined;
  const { rtmp } = settings;
  const isRtmp =
    port === undefined ? settings.http.host === undefined : port === rtmp.port && port !== settings.http.port;
  const advice = `choose another with --${isRtmp ? 'rtmp' : 'http'} ADDR:PORT`;
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} is used by another program. Stop that one, or ${advice}.`;
    return new RoomcastError('port-taken', message, { cause: error });
  }
  const reason =
    code === 'EACCES'
      ? `This user may not listen on port ${port}; ports below 1024 often belong to the system`
      : `${address ?? 'The host'} is not an address of this machine`;
  return new RoomcastError('bad-config', `${reason}. Please ${advice}.`, { cause: error });
}
