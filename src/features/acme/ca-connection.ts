import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request as send } from 'node:https';
import { ProtocolError, RoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { CaError } from './ca-error.ts';

/** A CA that has not answered in full by then hangs; theirs answer within a second or two. */
const ANSWER_WITHIN = 30 * SECOND;
/** Largest answer: a chain of certificates is 10 KiB, an order of a hundred domains as much. Bytes */
const MAX_ANSWER = 256 * 1024;
/** Headers of an answer; a nonce, links and an address are in them. Bytes */
const MAX_HEADERS = 16 * 1024;
/** CAs ask for it (RFC 8555 §6.1). */
const AGENT = 'roomcast (node)';

/** What a CA answered. */
export interface CaAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CaConnectionOptions {
  scheduler: Scheduler;
  /** Ends every request. */
  signal: AbortSignal;
}

/** Requests to one CA by HTTPS, over one connection where it likes. They end by a deadline, are bounded, and follow no redirect. */
export class CaConnection {
  readonly #options: CaConnectionOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(options: CaConnectionOptions) {
    this.#options = options;
  }

  /** Throws `CaError` for a CA that cannot be reached or used, `time-out` for one that hangs. */
  request(method: 'GET' | 'HEAD' | 'POST', address: string, body?: string): Promise<CaAnswer> {
    const { scheduler, signal } = this.#options;
    const { host } = new URL(address);
    const headers = {
      'User-Agent': AGENT,
      ...(body === undefined
        ? {}
        : { 'Content-Type': 'application/jose+json', 'Content-Length': Buffer.byteLength(body) }),
    };
    return new Promise<CaAnswer>((resolve, reject) => {
      const request = send(
        address,
        { method, agent: this.#agent, headers, signal, maxHeaderSize: MAX_HEADERS },
        (response) => {
          read(response).then(resolve, reject);
        },
      );
      const cancel = scheduler.after(ANSWER_WITHIN, () =>
        request.destroy(new ProtocolError(`${host} did not answer within ${ANSWER_WITHIN / SECOND} s`, 'time-out')),
      );
      request.once('close', cancel);
      request.once('error', (error) => reject(inWords(error, host)));
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function read(response: IncomingMessage): Promise<CaAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the response and its connection.
    if (size > MAX_ANSWER) throw new CaError(`the CA’s answer is larger than ${MAX_ANSWER / 1024} KiB`);
    chunks.push(chunk);
  }
  const { statusCode = 0, headers } = response;
  return { status: statusCode, headers, body: Buffer.concat(chunks).toString() };
}

function inWords(error: Error & { code?: string }, host: string): Error {
  if (error instanceof RoomcastError || error.name === 'AbortError') return error;
  const { code = '' } = error;
  return new CaError(`${host} cannot be reached (${code === '' ? 'no connection' : code})${adviceOn(code)}`);
}

/** What may be wrong on this side, by OpenSSL's word for what it does not believe. */
function adviceOn(code: string): string {
  if (/NOT_YET_VALID|HAS_EXPIRED/.test(code)) return '; is the clock of this machine right?';
  const distrusts = /CERT|ISSUER|SIGNATURE|ALTNAME/.test(code);
  return distrusts ? '; for a CA of your own, name its root in NODE_EXTRA_CA_CERTS' : '';
}
