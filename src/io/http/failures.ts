import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Duplex } from 'node:stream';
import { RoomcastError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { HttpRequest } from '../exchange.ts';
import { errorBody, errorHeaders, fromFramework, fromParser, refuseOnSocket } from '../refusal.ts';
import { bearerOf, pathnameOf, plainAddress, type Proxies, remoteOf } from '../request.ts';
import { methodsAt, type Route } from '../routes.ts';

/** Refusals that an operator wants to see: somebody tries, or asks too often. */
const ATTEMPTS: ReadonlySet<string> = new Set(['sign-in', 'already-claimed', 'bad-origin', 'too-many-requests']);

/** What HTTP answers, and what the log says, when a request cannot be served. */
export class Failures {
  readonly #log: Logger;
  readonly #proxies: Proxies;
  readonly #routes: readonly Route[];

  /** `routes`: the table, for addresses that other methods have. */
  constructor({ log, proxies, routes }: { log: Logger; proxies: Proxies; routes: readonly Route[] }) {
    this.#log = log;
    this.#proxies = proxies;
    this.#routes = routes;
  }

  /** Anything thrown. */
  answer(error: unknown, reply: FastifyReply, status?: number): void {
    const known = fromFramework(error);
    if (known.code === 'internal') this.#log.error({ err: known.cause }, 'a request failed');
    else if (ATTEMPTS.has(known.code)) this.#tellAttempt(known, reply.request.raw);
    // The framework adds it to some; HTTP/2 keeps it out of its messages (RFC 9113 §8.2.2).
    if (reply.request.raw.httpVersionMajor === 2) void reply.removeHeader('connection');
    void reply
      .code(status ?? known.status)
      .headers(errorHeaders(known))
      .type('application/json')
      .send(errorBody(known));
  }

  /** An address that other methods have says which (RFC 9110 §15.5.6). */
  notFound(request: FastifyRequest, reply: FastifyReply): void {
    const methods = methodsAt(this.#routes, pathnameOf(request.raw) ?? '');
    if (methods.length === 0 || methods.includes(request.method)) {
      this.answer(new RoomcastError('not-found'), reply);
      return;
    }
    const error = new RoomcastError('bad-request', `This address takes ${methods.join(', ')}.`);
    this.answer(error, reply.header('Allow', methods.join(', ')), 405);
  }

  /** Bytes that are no request. */
  unreadable(cause: Error, socket: Duplex): void {
    const { error, status } = fromParser(cause);
    const { remoteAddress } = socket as Duplex & { remoteAddress?: string };
    const facts = { protocol: 'http', remote: plainAddress(remoteAddress ?? ''), code: error.code };
    this.#log.info(facts, error.code === 'bad-request' ? 'These bytes are no HTTP request.' : error.message);
    refuseOnSocket(socket, error, { status });
  }

  /** Somebody showed what is not valid, or asked too often. A page that shows nothing merely finds out who it is. */
  #tellAttempt(error: RoomcastError, request: HttpRequest): void {
    if (error.code === 'sign-in' && bearerOf(request) === undefined) return;
    const words = error.code === 'sign-in' ? 'A bearer token was shown that is not valid.' : error.message;
    const facts = { protocol: 'http', remote: remoteOf(request, this.#proxies).address, code: error.code };
    this.#log.warn(facts, words);
  }
}
