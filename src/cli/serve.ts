import type { Settings } from '../config/settings.ts';
import { isPrivate } from '../config/address.ts';
import { RoomcastError } from '../errors.ts';
import { createLogger } from '../io/logger.ts';
import { ListenError } from '../io/listen.ts';
import { createServer, type Listening } from '../server.ts';
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
    throw withFlag(error, settings);
  });
  logger.info({ http: shown(server.http), rtmp: shown(server.rtmp), data: settings.data }, 'listening');
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
  logger.info({}, 'stopped');
  return status;
}

/** Adds the flag that chooses another address to the words for one that cannot be listened on. */
export function withFlag(error: unknown, settings: Pick<Settings, 'http' | 'rtmp'>): unknown {
  if (!(error instanceof ListenError)) return error;
  const flag = error.port === settings.rtmp.port && error.port !== settings.http.port ? 'rtmp' : 'http';
  return new RoomcastError(error.code, `${error.message} Choose another with --${flag} ADDR:PORT.`, { cause: error });
}

function shown({ host, port }: Listening): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
