import type { Settings } from '../config/settings.ts';
import { isPrivate } from '../config/address.ts';
import { tlsSource } from '../config/tls.ts';
import { RoomcastError } from '../errors.ts';
import { createLogger } from '../io/logger.ts';
import { ListenError } from '../io/listen.ts';
import { createServer, type Listening, type Server } from '../server.ts';
import type { CommandContext } from './command-context.ts';

/** `roomcast serve`: runs until the first signal, then drains; a second signal ends the process at once. */
export async function serve({ effective, stdout, stderr, signals }: CommandContext): Promise<number> {
  const { settings } = effective;
  const logger = await createLogger({ level: settings.logLevel, pretty: stderr.isTTY === true });
  for (const warning of effective.warnings) logger.warn({}, warning);
  const { promise: stopped, resolve: stop } = Promise.withResolvers<{ status: number }>();
  const { promise: started, resolve: start } = Promise.withResolvers<Server>();
  const reload = async (): Promise<void> => {
    logger.info({}, 'the certificate is read again');
    await (await started).reloadCertificate();
  };
  // A terminal that is gone means it otherwise, and so does a console of Windows.
  const isReloaded = tlsSource(settings.tls) === 'files' && stderr.isTTY !== true && process.platform !== 'win32';
  signals(
    (signal) => {
      logger.info({ signal }, 'stopping');
      stop({ status: 0 });
    },
    isReloaded ? () => void reload() : undefined,
  );
  // The last resort: nothing a peer sends may come here, so the process is not to be trusted any more.
  const fail = (error: unknown): void => {
    logger.error({ error }, 'a fault of the server itself, it stops');
    stop({ status: 1 });
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  const server = await createServer(settings, { logger, origins: effective.origins }).catch((error: unknown) => {
    throw withFlag(error, settings);
  });
  start(server);
  const { http, rtmp, https, rtmps, irc, ircs } = server;
  const secure = { ...(https && { https: shown(https) }), ...(rtmps && { rtmps: shown(rtmps) }) };
  const text = { ...(irc && { irc: shown(irc) }), ...(ircs && { ircs: shown(ircs) }) };
  logger.info({ http: shown(http), rtmp: shown(rtmp), ...secure, ...text, data: settings.data }, 'listening');
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

/** The flags of what listens. */
const listeners = ['http', 'rtmp', 'https', 'rtmps', 'irc', 'ircs'] as const;
type Listener = (typeof listeners)[number];

/** Adds to the words for an address that cannot be listened on what to do: the flag that chooses another, and the right. */
export function withFlag(error: unknown, settings: Pick<Settings, Listener>): unknown {
  if (!(error instanceof ListenError)) return error;
  const { code, port, message, right } = error;
  const flag = listeners.find((name) => settings[name]?.port === port) ?? 'http';
  const words = `${message}${right === undefined ? '' : ` ${right}`} Choose another with --${flag} ADDR:PORT.`;
  return new RoomcastError(code, words, { cause: error });
}

function shown({ host, port }: Listening): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
