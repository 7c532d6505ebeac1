import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { RoomcastError } from '../../errors.ts';
import { Connections } from '../../io/connections.ts';
import { secureLocation } from '../../io/http/https-redirect.ts';
import { listen } from '../../io/listen.ts';
import { refuseOnSocket } from '../../io/refusal.ts';
import { originForm, proxiesOf } from '../../io/request.ts';
import type { App } from '../../plugin.ts';
import { CHALLENGE_PATH, type ChallengeAnswers } from './challenge-answers.ts';

/** Connections at once: each asks one thing, and goes. */
const MAX_CONNECTIONS = 256;

export interface ChallengeServerOptions {
  readonly app: Pick<App, 'settings' | 'scheduler' | 'seats' | 'log'>;
  readonly answers: ChallengeAnswers;
  /** The domains of the certificate. */
  readonly domains: readonly string[];
  /** The port under which https is reached. */
  readonly securePort: () => number;
}

/** Plain HTTP on the port that the web expects it on: answers CAs (RFC 8555 §8.3), and sends everybody else to https. */
export class ChallengeServer {
  readonly #options: ChallengeServerOptions;
  readonly #server: Server;
  readonly #connections: Connections<Socket>;

  constructor(options: ChallengeServerOptions) {
    this.#options = options;
    const { settings, scheduler, seats, log } = options.app;
    const { limits } = settings;
    const firstMs = limits.httpHeaderTime * 1000;
    this.#connections = new Connections({
      protocol: 'http',
      log,
      scheduler,
      seats,
      proxies: proxiesOf(settings.trustedProxies),
      pendingPerAddress: limits.pendingPerAddress,
      firstMs,
      late: (socket) => refuseOnSocket(socket, new RoomcastError('time-out')),
    });
    // As an import it would load the built-in fetch, too.
    const { createServer } = process.getBuiltinModule('node:http');
    this.#server = createServer(
      { maxHeaderSize: limits.httpHeader, headersTimeout: firstMs, requestTimeout: firstMs },
      (request, response) => this.#answer(request, response),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('drop', () => this.#connections.dropped());
    this.#server.on('connection', (socket: Socket) => this.#connections.enter(socket, socket.remoteAddress ?? ''));
  }

  /** Throws `port-taken` or `bad-config` for an address that cannot be listened on. */
  async listen(): Promise<AddressInfo> {
    const { settings, log } = this.#options.app;
    const address = await listen(this.#server, settings.tls.acme.http);
    this.#server.on('error', (error) => log.error({ error: error.message }, 'the listener for challenges failed'));
    return address;
  }

  /** Everybody here is done in a moment, so nobody is waited for. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#connections.close();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const asked = originForm(request.url ?? '');
    const target = asked.startsWith('/') ? asked : '/';
    const [pathname = ''] = target.split('?', 1);
    response.setHeader('Connection', 'close');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (!pathname.startsWith(CHALLENGE_PATH)) {
      response.writeHead(307, { Location: this.#secure(request.headers.host, target) });
      response.end();
      return;
    }
    const answer = this.#options.answers.at(pathname);
    response.writeHead(answer === undefined ? 404 : 200, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(answer ?? 'There is no such challenge now.\n');
  }

  /** The same host by https, if it is one of ours: nobody is sent to where a header says. */
  #secure(host: string | undefined, target: string): string {
    const { domains, securePort, app } = this.#options;
    const name = host?.replace(/:\d*$/, '').toLowerCase();
    const ours = domains.find((domain) => domain === name) ?? domains[0];
    const { publicUrl } = app.settings;
    return secureLocation(ours, target, { port: securePort(), publicUrl }) ?? `https://${ours}/`;
  }
}
