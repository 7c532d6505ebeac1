import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ChatMessage } from '../../../src/client/messages.ts';
import type { Access } from '../../../src/live/access.ts';
import type { Speaker } from '../../../src/plugin.ts';
import { HookReceiver, type Received } from '../../hook-receiver.ts';
import { startTestServer, type TestServer } from '../../test-server.ts';

/** What another server is known by once it was named. */
export interface Made {
  id: string;
  secret: string;
  /** Where it is told of at the receiver. */
  path: string;
}

/** A server, and another one that it may reach, for the tests of one file. Webhooks are taken away after each test. */
export class HookStage {
  server!: TestServer;
  receiver!: HookReceiver;
  #count = 0;
  readonly #made: (() => Promise<unknown>)[] = [];

  /** Call it where tests are declared. */
  static declare(): HookStage {
    const stage = new HookStage();
    beforeAll(async () => {
      stage.receiver = await HookReceiver.open();
      stage.server = await startTestServer({ outgoing: { allow: ['127.0.0.0/8'] }, webhooks: { decisionTime: 0.5 } });
      const { base, cookie } = stage.server;
      await stage.api('PATCH', 'me', { name: 'Olga' }, { Origin: base, Cookie: cookie });
    });
    afterEach(async () => {
      for (const remove of stage.#made.splice(0)) await remove();
    });
    afterAll(async () => {
      await stage.server.close();
      await stage.receiver.close();
    });
    return stage;
  }

  /** A call of the API, by default as the owner; the object that it answers, with its status and the code of an error. */
  async api<Answer = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = { Authorization: `Bearer ${this.server.bearer}` },
  ): Promise<Answer & { status: number; code?: string }> {
    const options = { headers, ...(body ? { body } : {}) };
    const { status, text, code } = await this.server.call(method, `/api/v1/${path}`, options);
    return { ...(text === '' ? {} : JSON.parse(text)), status, code } as Answer & { status: number; code?: string };
  }

  /** A webhook of a room, or with '' of the server, which goes to an address of its own. */
  async hook(slug: string, settings: object): Promise<Made> {
    const path = this.unique('/hook');
    const base = slug === '' ? 'hooks' : `rooms/${slug}/hooks`;
    const given = { url: this.receiver.url(path), ...settings };
    const { status, id, secret } = await this.api<Made>('POST', base, given);
    if (status !== 200) throw new Error(`The webhook was refused: ${status}.`);
    this.#made.push(() => this.api('DELETE', `${base}/${id}`));
    return { id, secret, path };
  }

  async room(): Promise<string> {
    const slug = this.unique('room');
    const { status } = await this.api('POST', 'rooms', { slug });
    if (status !== 200) throw new Error(`The room was refused: ${status}.`);
    return slug;
  }

  /** A name that nothing else here has. */
  unique(word: string): string {
    return `${word}-${++this.#count}`;
  }

  /** The owner of the server. */
  olga(): Speaker {
    const { id } = this.server.app.services.accounts.named('Olga')!;
    return { identity: { id, kind: 'account', name: 'Olga', admin: true }, remote: { address: '192.0.2.1' } };
  }

  say(slug: string, text: string, who: Speaker = guest()): Promise<ChatMessage> {
    return this.server.app.services.chat.say(slug, who, { text });
  }

  async keyOf(slug: string): Promise<string> {
    return (await this.api<{ key: string }>('GET', `rooms/${slug}/key`)).key;
  }
}

export function guest(name = 'Ada'): Speaker {
  return {
    identity: { id: `g_${name}`, kind: 'guest', name, admin: false },
    remote: { address: '192.0.2.2' },
  };
}

/** A viewer from an address. */
export function playing(slug: string, address: string): Access {
  return {
    ...{ action: 'play', protocol: 'test', path: `live/${slug}`, credentials: {}, remote: { address } },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
  };
}

export const typesOf = (received: readonly Received[]): string[] => received.map(({ event }) => event.type);

/** Code and words of the error with which something is refused. */
export const failure = (promise: Promise<unknown>): Promise<{ code: string; message: string } | undefined> =>
  promise.then(
    () => undefined,
    (error: { code: string; message: string }) => ({ code: error.code, message: error.message }),
  );
