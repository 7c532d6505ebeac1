import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What another server was sent. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The same as an object. */
  readonly event: { id: string; type: string; at: string; room?: string; data: Record<string, unknown> };
}

export type Answer = (received: Received, response: ServerResponse) => void;

/** Another server, on loopback: what webhooks are sent to. It keeps everything, and answers each address as it is told. */
export class HookReceiver {
  readonly received: Received[] = [];
  readonly #server: Server;
  readonly #answers = new Map<string, Answer>();
  readonly #waiting = new Set<() => void>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const received = {
          path: request.url!,
          headers: request.headers,
          body,
          event: JSON.parse(body) as Received['event'],
        };
        this.received.push(received);
        const answer = this.#answers.get(request.url!);
        if (answer) answer(received, response);
        else response.writeHead(204).end();
        for (const look of this.#waiting) look();
      });
    });
  }

  /** `port`: 0 takes any free one. */
  static async open(port = 0): Promise<HookReceiver> {
    const receiver = new HookReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Has an address answer something else than 204. */
  answer(path: string, answer: Answer | undefined): void {
    if (answer) this.#answers.set(path, answer);
    else this.#answers.delete(path);
  }

  /** As an answer: a status and a JSON object. */
  json(path: string, value: object): void {
    this.answer(path, (_received, response) => void response.writeHead(200).end(JSON.stringify(value)));
  }

  /** What came to an address, once it is so much. */
  async of(path: string, count = 1): Promise<Received[]> {
    const found = (): Received[] => this.received.filter((each) => each.path === path);
    while (found().length < count)
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
      });
    return found();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The verifier of `docs/webhooks.md`: whether a request is from who has the secret, and no older than five minutes. */
export function isGenuine(
  secret: string,
  headers: IncomingHttpHeaders,
  body: string,
  now: number = Date.now(),
): boolean {
  const time = String(headers['roomcast-timestamp']);
  const expected = createHmac('sha256', secret).update(`${time}.${body}`).digest();
  if (!(Math.abs(now / 1000 - Number(time)) <= 300)) return false;
  return String(headers['roomcast-signature'])
    .split(', ')
    .map((signature) => Buffer.from(signature.replace(/^v1=/, ''), 'hex'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}
