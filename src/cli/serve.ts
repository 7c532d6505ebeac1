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
    throw portTaken(error, settings) ?? error;
  });
  const url = await server.link();
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

/** Words for a port that another program has, naming the flag that chooses another. */
function portTaken(error: unknown, settings: Settings): RoomcastError | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return undefined;
  const port = 'port' in error ? error.port : undefined;
  const flag = port === settings.rtmp.port ? 'rtmp' : 'http';
  return new RoomcastError(
    'port-taken',
    `Port ${String(port)} is used by another program. Stop that one, or choose another port with --${flag} ADDR:PORT.`,
  );
}
