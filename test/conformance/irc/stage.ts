import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Options } from '../../../src/config/settings.ts';
import { IrcClient } from '../../irc-client.ts';
import { RawSocket } from '../../raw-socket.ts';
import { startTestServer, type TestServer } from '../../test-server.ts';

const TEXT = 0x81;
export const PASSWORD = 'a good password';

/** A server with a gateway of IRC and some people: `Ada` and `Mona` have accounts, `Olga` owns it. */
export class IrcStage {
  server!: TestServer;
  readonly #cookies: Record<string, string> = {};
  readonly #tokens: Record<string, string> = {};
  readonly #open: { destroy(): void }[] = [];

  constructor(options: Options = {}) {
    beforeAll(async () => {
      this.server = await startTestServer({ irc: '127.0.0.1:0', trustedProxies: ['127.0.0.1'], ...options });
      this.#cookies['Olga'] = this.server.cookie;
      await this.as('Olga', 'PATCH', 'me', { name: 'Olga' });
      for (const name of ['Ada', 'Mona', 'Bob']) await this.addPerson(name);
    });
    afterAll(() => this.server.close());
    afterEach(() => {
      for (const each of this.#open.splice(0)) each.destroy();
    });
  }

  get port(): number {
    return this.server.server.irc!.port;
  }

  async addPerson(name: string): Promise<void> {
    const { headers } = await this.server.call('POST', '/api/v1/users', {
      headers: { Origin: this.server.base, 'X-Forwarded-For': `192.0.2.${Object.keys(this.#cookies).length}` },
      body: { name, password: PASSWORD },
    });
    this.#cookies[name] = headers.getSetCookie()[0]!.split(';')[0]!;
  }

  /** Calls the API, which has to do it. */
  async as(name: string, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const headers = { Origin: this.server.base, Cookie: this.#cookies[name]! };
    const { status, text } = await this.server.call(method, `/api/v1/${path}`, { headers, ...(body && { body }) });
    if (status >= 300) throw new Error(`${method} ${path} was answered: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }

  async tokenOf(name: string, scope = 'manage'): Promise<string> {
    const key = `${name} ${scope}`;
    return (this.#tokens[key] ??= (await this.as(name, 'POST', 'tokens', { scope }))['token'] as string);
  }

  async idOf(name: string): Promise<string> {
    return ((await this.as(name, 'GET', 'me'))['user'] as { id: string }).id;
  }

  /** A room of the test’s own, that Mona looks after. */
  async room(slug: string, settings: object = {}): Promise<string> {
    await this.as('Olga', 'POST', 'rooms', { slug, ...settings });
    await this.as('Olga', 'POST', `rooms/${slug}/members`, { name: 'Mona', role: 'moderator' });
    return `#${slug}`;
  }

  async connect(): Promise<IrcClient> {
    return this.#keep(await IrcClient.open(this.port));
  }

  /** A guest of IRC. */
  async guest(nick: string, caps?: string): Promise<IrcClient> {
    return this.#keep(await IrcClient.enter(this.port, nick, caps === undefined ? {} : { caps }));
  }

  /** Somebody with an account, by a token. */
  async account(name: string, caps = ''): Promise<IrcClient> {
    return this.#keep(await IrcClient.enter(this.port, name, { caps, password: await this.tokenOf(name) }));
  }

  /** Somebody in a room’s page: a guest of that name, or an account. */
  async page(slug: string, name: string): Promise<PagePerson> {
    const cookie = this.#cookies[name];
    const headers = cookie === undefined ? {} : { Origin: this.server.base, Cookie: cookie };
    const socket = this.#keep(await RawSocket.webSocket(this.server.port, `/ws/${slug}`, headers));
    const person = new PagePerson(socket);
    if (cookie === undefined) await person.ask('login', { guest: name });
    await person.ask('subscribe', { topics: ['chat'] });
    return person;
  }

  #keep<T extends { destroy(): void }>(one: T): T {
    this.#open.push(one);
    return one;
  }
}

/** What is said in a chat, as a page is told it. */
export interface PageMessage {
  id: string;
  kind: string;
  text: string;
  user: { id: string; name: string };
  replyTo?: { id: string };
  deleted?: true;
}

/** Somebody on a room’s socket. */
export class PagePerson {
  readonly #socket: RawSocket;
  readonly #pushed: PageMessage[] = [];
  #id = 0;

  constructor(socket: RawSocket) {
    this.#socket = socket;
  }

  /** Says something, and gives its answer, which has to be yes. */
  async ask(type: string, fields: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    this.#socket.frame(TEXT, JSON.stringify({ id, type, ...fields }));
    for (;;) {
      const message = await this.#socket.message();
      if (message['type'] === 'chat') this.#pushed.push(message['message'] as PageMessage);
      if (message['id'] !== id) continue;
      if (message['type'] === 'error') throw new Error(`${type} was answered: ${JSON.stringify(message)}`);
      return message;
    }
  }

  async says(text: string, fields: object = {}): Promise<PageMessage> {
    return (await this.ask('say', { text, ...fields }))['message'] as PageMessage;
  }

  /** The next thing that was said or changed. */
  async hears(): Promise<PageMessage> {
    return this.#pushed.shift() ?? ((await this.#socket.message('chat'))['message'] as PageMessage);
  }
}
