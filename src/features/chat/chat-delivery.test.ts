import { describe, expect, test } from 'vitest';
import type { ChatMessage, ChatPush } from '../../client/messages.ts';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import type { RoomRole } from '../../live/access.ts';
import { SECOND } from '../../media/time.ts';
import type { Parcel, SocketPeer } from '../../plugin.ts';
import { ChatDelivery } from './chat-delivery.ts';

interface Stage {
  scheduler: VirtualScheduler;
  delivery: ChatDelivery;
  peers: Map<string, SocketPeer>;
  /** What each was sent, piece by piece. */
  pieces: Map<string, ChatPush[]>;
  /** Whether pieces arrive at once, and those that have not. */
  way: { open: boolean; waiting: (() => void)[] };
  says(count: number, of?: Partial<ChatMessage>, role?: RoomRole): ChatMessage[];
}

function stage({ sockets = 10, shown = 0 } = {}): Stage {
  const scheduler = new VirtualScheduler();
  const peers = new Map<string, SocketPeer>();
  const pieces: Stage['pieces'] = new Map();
  for (const role of ['viewer', 'moderator'] as const)
    peers.set(role, { slug: 'lobby', role, caller: {}, topics: new Set(['chat']), say() {} } as unknown as SocketPeer);
  const way: Stage['way'] = { open: true, waiting: [] };
  let seed = 1;
  const delivery = new ChatDelivery({
    scheduler,
    shown,
    count: () => sockets,
    deliver(parcelFor, done) {
      for (const [name, peer] of peers) {
        const parcel: Parcel<ChatPush> | undefined = parcelFor(peer);
        if (parcel) pieces.set(name, [...(pieces.get(name) ?? []), parcel.batch]);
      }
      if (way.open) done();
      else way.waiting.push(done);
    },
    random: () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647,
  });
  let last = 0;
  const says: Stage['says'] = (count, of = {}, role = 'viewer') =>
    Array.from({ length: count }, () => {
      const id = String(++last).padStart(6, '0');
      const user = { id: 'u_ada', name: 'Ada', role };
      const message: ChatMessage = { id, rev: id, kind: 'say', user, text: `number ${id}`, at: '', ...of };
      delivery.tell(message);
      return message;
    });
  return { scheduler, delivery, peers, pieces, way, says };
}

const textsOf = (pushes: readonly ChatPush[] = []): string[][] =>
  pushes.map(({ messages = [] }) => messages.map(({ text }) => text));

describe('what is said', () => {
  test('is told at once where few listen', () => {
    const { says, pieces } = stage({ sockets: 20 });
    const [one, two] = says(2);
    expect(textsOf(pieces.get('viewer'))).toEqual([[one!.text], [two!.text]]);
  });

  test('is new when it is let through, also where it is changed in the same piece', () => {
    const { delivery, pieces, says, scheduler } = stage({ sockets: 5000 });
    const [, held] = says(2, { held: true }) as [ChatMessage, ChatMessage];
    const { held: _held, ...said } = held;
    delivery.tell({ ...said, rev: '9', released: true });
    delivery.tell({ ...said, rev: '91', reactions: { '👍': 1 } });
    scheduler.advance(SECOND);
    expect(pieces.get('viewer')?.flatMap(({ messages }) => messages)).toEqual([
      { ...said, rev: '91', reactions: { '👍': 1 }, released: true },
    ]);
  });

  test('is told together where many listen, and waits a fifth of a second at most', () => {
    const { says, pieces, scheduler } = stage({ sockets: 5000 });
    const [first] = says(1) as [ChatMessage];
    expect(textsOf(pieces.get('viewer'))).toEqual([[first!.text]]);
    const rest: ChatMessage[] = [];
    for (let at = 0; at < 100; at++) {
      scheduler.advance(SECOND / 100);
      rest.push(...says(1));
    }
    scheduler.advance(SECOND / 5);
    const told = textsOf(pieces.get('viewer'));
    expect(told.flat()).toEqual([first, ...rest].map(({ text }) => text));
    expect(told.length).toBeLessThanOrEqual(8);
  });

  test('waits for the piece before to have been told to everyone, and is told with what came meanwhile', () => {
    const { says, pieces, way } = stage({ sockets: 5 });
    way.open = false;
    says(1);
    const rest = says(5);
    expect(pieces.get('viewer')).toHaveLength(1);
    way.waiting.shift()!();
    expect(textsOf(pieces.get('viewer'))[1]).toEqual(rest.map(({ text }) => text));
  });

  test('is told as it was last, when it changes while it waits', () => {
    const { says, delivery, pieces, scheduler } = stage({ sockets: 5000 });
    says(1);
    const [message] = says(1);
    delivery.tell({ ...message!, rev: '000009', text: 'changed' });
    scheduler.advance(SECOND);
    expect(textsOf(pieces.get('viewer'))[1]).toEqual(['changed']);
  });

  test('is not kept waiting by so much that nobody could take it in one piece', () => {
    const { says, pieces } = stage({ sockets: 5000 });
    says(201);
    expect(textsOf(pieces.get('viewer')).map(({ length }) => length)).toEqual([1, 200]);
  });

  test('and held back, or is the first of somebody, is told so to those who look after the room alone', () => {
    const { says, pieces } = stage();
    says(1, { first: true });
    says(1, { held: true, first: true });
    expect(pieces.get('moderator')!.flatMap(({ messages }) => messages)).toMatchObject([
      { first: true },
      { first: true, held: true },
    ]);
    const seen = pieces.get('viewer')!.flatMap(({ messages }) => messages!);
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toHaveProperty('first');
  });
});

describe('who comes while something waits', () => {
  test('is told what they have not heard yet, and that once', () => {
    const { says, delivery, peers, pieces, scheduler } = stage({ sockets: 5000 });
    says(1);
    const [known] = says(1);
    const late = { slug: 'lobby', role: 'viewer', caller: {}, topics: new Set(['chat']) } as unknown as SocketPeer;
    peers.set('late', late);
    delivery.joined(late, known!.rev);
    const [news] = says(1);
    scheduler.advance(SECOND);
    expect(textsOf(pieces.get('late'))).toEqual([[news!.text]]);
    expect(textsOf(pieces.get('viewer'))[1]).toEqual([known!.text, news!.text]);
    const [later] = says(1);
    expect(textsOf(pieces.get('late'))[1]).toEqual([later!.text]);
  });
});

describe('more than people can read', () => {
  test('is shown by lot, in its order, with a word of how much was left out; those who look after the room see all', () => {
    const { says, pieces, scheduler } = stage({ sockets: 5000, shown: 20 });
    says(1);
    const said = says(60);
    scheduler.advance(SECOND / 5);
    const [, push] = pieces.get('viewer')!;
    expect(push!.messages!.length).toBeGreaterThanOrEqual(19);
    expect(push!.messages!.length + push!.skipped!).toBe(60);
    const shown = push!.messages!.map(({ id }) => id);
    expect(shown).toEqual([...shown].sort());
    // By lot: not the first that came.
    expect(shown).not.toEqual(said.slice(0, shown.length).map(({ id }) => id));
    expect(pieces.get('moderator')![1]!.messages).toHaveLength(60);
  });

  test('never leaves out what the owner or a moderator says, what is changed, or what the server says', () => {
    const { says, delivery, pieces, scheduler } = stage({ sockets: 5000, shown: 1 });
    says(1);
    says(40);
    const kept = [...says(1, {}, 'owner'), ...says(1, {}, 'moderator'), ...says(1, { kind: 'system' })];
    delivery.tell({ ...kept[0]!, id: '000001', rev: '009999', text: 'taken away', deleted: true });
    scheduler.advance(SECOND / 5);
    const [, push] = pieces.get('viewer')!;
    expect(textsOf([push!])[0]).toEqual(expect.arrayContaining([...kept.map(({ text }) => text), 'taken away']));
    expect(push!.skipped).toBeGreaterThan(30);
  });

  test('never leaves out what names somebody, for them', () => {
    const { says, peers, pieces, scheduler } = stage({ sockets: 5000, shown: 1 });
    const caller = { identity: { id: 'u_bob' } };
    peers.set('bob', { slug: 'lobby', role: 'viewer', caller, topics: new Set(['chat']) } as unknown as SocketPeer);
    says(1);
    says(20);
    const [named] = says(1, { mentions: ['u_eve', 'u_bob'] });
    says(20);
    scheduler.advance(SECOND / 5);
    const [, push] = pieces.get('bob')!;
    expect(push!.messages).toContainEqual(named);
    expect(push!.messages!.length + push!.skipped!).toBe(41);
    expect(pieces.get('viewer')!.flatMap(({ messages }) => messages)).not.toContainEqual(named);
  });
});
