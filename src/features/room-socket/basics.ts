import { RoomcastError } from '../../errors.ts';
import type { Caller } from '../../io/http.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { App, SocketPeer } from '../../plugin.ts';
import type { Member } from './member.ts';
import type { RoomChannel } from './room-channel.ts';
import type { RoomSockets } from './room-sockets.ts';

/** Topics that one message names. */
const MAX_TOPICS = 20;

/** What every room's socket knows, whatever else is said on it: who one is, what one listens to, and how things are. */
export function addBasics({ http, scheduler, services }: App, rooms: RoomSockets): void {
  const { commands, topics } = rooms;
  const channelOf = ({ slug }: SocketPeer): RoomChannel | undefined => rooms.channel(slug);

  topics.add({
    name: 'stream',
    access: 'anyone',
    unasked: true,
    summary: 'The state of the stream and its tracks, at once and at each change.',
    joined: (peer) => peer.say(channelOf(peer)!.stream()),
  });
  topics.add({
    name: 'room',
    access: 'anyone',
    unasked: true,
    summary: 'What is said of the room, whenever that has changed; how it is at first is in the hello.',
  });
  topics.add({
    name: 'doctor',
    access: 'owner',
    unasked: true,
    summary: 'What could be better about the stream, at once and at each change, once a second at most.',
    joined: (peer) => peer.say(channelOf(peer)!.doctor()),
  });
  topics.add({
    name: 'control',
    access: 'owner',
    unasked: true,
    summary: 'Rates and sessions, once a second while something is live.',
  });

  commands.add({
    type: 'ping',
    access: 'anyone',
    scope: 'read',
    summary: 'Answered by a pong with the server’s wall time.',
    handle: () => ({ type: 'pong', at: isoTime(scheduler.wall()) }),
  });
  commands.add({
    type: 'login',
    access: 'anyone',
    scope: 'read',
    summary:
      'Says who one is: by a bearer token, or as a guest with a name. A guest’s answer has a token with which they are the same guest again.',
    fields: {
      token: { type: 'string', minLength: 1, maxLength: 1024 },
      guest: { type: 'string', minLength: 1, maxLength: 128 },
    },
    async handle(message: { token?: string; guest?: string }, peer: SocketPeer) {
      const member = peer as Member;
      const { caller, pass } = await callerOf(message, member.caller);
      rooms.become(member, caller);
      const { id, name, kind } = caller.identity!;
      return {
        user: { id, ...(name === undefined ? {} : { name }), kind, role: member.role },
        ...(pass === undefined ? {} : { token: pass }),
      };
    },
  });
  commands.add({
    type: 'subscribe',
    access: 'anyone',
    scope: 'read',
    summary:
      'Listens to topics. With “since”, the revision that was heard last, nothing since then is missed; with “batch” what is said at once comes as one message.',
    fields: {
      topics: { type: 'array', maxItems: MAX_TOPICS, items: { type: 'string', maxLength: 40 } },
      since: { type: 'string', maxLength: 64 },
      batch: { type: 'boolean' },
    },
    required: ['topics'],
    async handle(asked: { topics: string[]; since?: string; batch?: boolean }, peer: SocketPeer) {
      const { topics: names, since, batch } = asked;
      const member = peer as Member;
      member.batches = batch ?? member.batches;
      let told = {};
      for (const { name, joined, prepare } of topics.asked(names, member)) {
        if (member.topics.has(name)) continue;
        const ready = await prepare?.(member, since);
        member.topics.add(name);
        told = { ...told, ...ready?.() };
        joined?.(member);
      }
      channelOf(member)?.listened();
      return { topics: [...member.topics], ...told };
    },
  });
  commands.add({
    type: 'unsubscribe',
    access: 'anyone',
    scope: 'read',
    summary: 'Listens to topics no more.',
    fields: { topics: { type: 'array', maxItems: MAX_TOPICS, items: { type: 'string', maxLength: 40 } } },
    required: ['topics'],
    handle({ topics: names }: { topics: string[] }, peer: SocketPeer) {
      const member = peer as Member;
      for (const name of names) member.topics.delete(name);
      channelOf(member)?.listened();
      return { topics: [...member.topics] };
    },
  });

  async function callerOf(
    { token, guest }: { token?: string; guest?: string },
    before: Caller,
  ): Promise<{ caller: Caller; pass?: string }> {
    if ((token === undefined) === (guest === undefined))
      throw new RoomcastError('bad-request', 'A login has either a token or the name of a guest.');
    if (token !== undefined) {
      const credentials = {
        bearer: token,
        ...(before.credentials.pass !== undefined && { pass: before.credentials.pass }),
      };
      const identity = await http.identify(credentials);
      if (!identity) throw new RoomcastError('sign-in', 'This token is not valid.');
      return { caller: { ...before, identity, credentials } };
    }
    const { identity } = before;
    if (identity && identity.kind !== 'guest') throw new RoomcastError('bad-request', 'Who has signed in is no guest.');
    const { guest: named, pass } = services.accounts.guest(guest!, identity?.id);
    return { caller: { ...before, identity: named, credentials: { ...before.credentials, bearer: pass } }, pass };
  }
}
