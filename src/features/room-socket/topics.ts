import { Denied, RoomcastError } from '../../errors.ts';
import { admit } from '../../io/http/admission.ts';
import type { SocketTopic } from '../../io/http.ts';
import type { SocketPeer, TopicHooks } from '../../plugin.ts';

export type Topic = SocketTopic & TopicHooks;

/** What is pushed on a room's socket, and who may have it. */
export class Topics {
  readonly rows: Topic[] = [];

  add(topic: Topic): void {
    this.rows.push(topic);
  }

  /** Those that somebody gets without asking. */
  unasked(peer: SocketPeer): Topic[] {
    return this.rows.filter((topic) => topic.unasked && this.#admits(topic, peer));
  }

  /** Those that somebody asks for by name. Throws `bad-request`, `sign-in` or `denied`. */
  asked(names: readonly string[], peer: SocketPeer): Topic[] {
    return names.map((name) => {
      const topic = this.rows.find((row) => row.name === name);
      if (!topic) throw new RoomcastError('bad-request', 'There is no topic of one of these names.');
      this.#check(topic, peer);
      return topic;
    });
  }

  /** Whether somebody may have a topic still. */
  allows(name: string, peer: SocketPeer): boolean {
    const topic = this.rows.find((row) => row.name === name);
    return topic !== undefined && this.#admits(topic, peer);
  }

  #admits(topic: Topic, peer: SocketPeer): boolean {
    try {
      this.#check(topic, peer);
      return true;
    } catch (error) {
      if (error instanceof RoomcastError) return false;
      throw error;
    }
  }

  #check({ access }: Topic, { caller, slug, role }: SocketPeer): void {
    if (role === 'banned') throw new Denied();
    admit({ route: { access, scope: 'read', method: 'GET' }, caller, slug, local: false, roleOf: () => role });
  }
}
