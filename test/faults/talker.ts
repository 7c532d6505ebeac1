import { onTestFinished } from 'vitest';
import { RawSocket } from '../raw-socket.ts';
import type { WatchedServer } from './watched-server.ts';

const TEXT = 0x81;
const PASSWORD = 'a good password';

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
    await fetch(`${Origin}/api/v1/me`, request('PATCH', { Origin, Cookie }, { name: 'Olga', password: PASSWORD }));
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

  /** Whom the server takes their browser for, or another one by its cookie. */
  async name(Cookie: string = this.#cookie): Promise<unknown> {
    const response = await fetch(`${this.#server.http}/api/v1/me`, { headers: { Cookie } });
    return JSON.stringify(await response.json());
  }

  /** Signs another browser in. Gives its cookie, or the code of what keeps it from that. */
  async signIn(): Promise<{ cookie: string } | { code: string }> {
    const { http: Origin } = this.#server;
    const body = { name: 'Olga', password: PASSWORD };
    const answer = await fetch(`${Origin}/api/v1/sign-in`, request('POST', { Origin }, body));
    if (!answer.ok) return ((await answer.json()) as { error: { code: string } }).error;
    return { cookie: answer.headers.getSetCookie()[0]!.split(';')[0]! };
  }

  /** Signs another browser out, which is in the room; gives the code with which its socket is closed. */
  async signOut(Cookie: string): Promise<number> {
    const { http: Origin, httpPort } = this.#server;
    const socket = await RawSocket.webSocket(httpPort, '/ws/lobby', { Origin, Cookie });
    onTestFinished(() => socket.destroy());
    await fetch(`${Origin}/api/v1/sign-out`, request('POST', { Origin, Cookie }, {}));
    return (await socket.closed()).code;
  }
}

function request(method: string, headers: Record<string, string>, body: object): RequestInit {
  return { method, headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
