import { onTestFinished } from 'vitest';
import { RawSocket } from '../raw-socket.ts';
import type { WatchedServer } from './watched-server.ts';

const TEXT = 0x81;

/** The owner of a server, who talks in its default room. */
export class Talker {
  readonly #server: WatchedServer;
  readonly #cookie: string;
  readonly #socket: RawSocket;
  #id = 0;

  private constructor(server: WatchedServer, cookie: string, socket: RawSocket) {
    this.#server = server;
    this.#cookie = cookie;
    this.#socket = socket;
  }

  /** Opens the link that the server has printed. */
  static async enter(server: WatchedServer): Promise<Talker> {
    const Origin = server.http;
    const token = server.process.link.split('#owner=')[1]!;
    const claimed = await fetch(`${Origin}/api/v1/claim`, request('POST', { Origin }, { token }));
    const Cookie = claimed.headers.getSetCookie()[0]!.split(';')[0]!;
    await fetch(`${Origin}/api/v1/me`, request('PATCH', { Origin, Cookie }, { name: 'Olga' }));
    const socket = await RawSocket.webSocket(server.httpPort, '/ws/lobby', { Origin, Cookie });
    onTestFinished(() => socket.destroy());
    return new Talker(server, Cookie, socket);
  }

  /** What the room answers. */
  async say(text: string): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    this.#socket.frame(TEXT, JSON.stringify({ id, type: 'say', text }));
    for (;;) {
      const message = await this.#socket.message();
      if (message['id'] === id) return message;
    }
  }

  /** Whom the server takes their browser for. */
  async name(): Promise<unknown> {
    const response = await fetch(`${this.#server.http}/api/v1/me`, { headers: { Cookie: this.#cookie } });
    return JSON.stringify(await response.json());
  }
}

function request(method: string, headers: Record<string, string>, body: object): RequestInit {
  return { method, headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
