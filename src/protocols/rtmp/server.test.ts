import { describe, expect, test } from 'vitest';
import { command, connect, greeting } from '../../../test/conformance/rtmp/talk.ts';
import { stage } from '../../../test/conformance/rtmp/visitor.ts';
import { settle } from '../../../test/virtual-scheduler.ts';
import { Denied } from '../../errors.ts';
import { SECOND } from '../../media/time.ts';

const LAN = '192.0.2.1';

describe('connections of one address that are not admitted', () => {
  test('are cut when they are too many, and nobody else is', () => {
    const { visit } = stage();
    const all = [LAN, `::ffff:${LAN}`, LAN, '192.0.2.2'].map((address) => visit(address).destroyed);
    expect(all).toEqual([false, false, true, false]);
  });

  test('count as one address within an IPv6 network', () => {
    const { visit } = stage();
    expect(['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => visit(address).destroyed)).toEqual([
      false,
      false,
      true,
    ]);
  });

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3'])('are not counted from %s', (address) => {
    const { visit } = stage();
    for (let i = 0; i < 50; i++) expect(visit(address).destroyed).toBe(false);
  });

  test('are not counted with 0, for publishers and for players', async () => {
    const { visit } = stage({ pendingPerAddress: 0 });
    const peers = Array.from({ length: 50 }, () => visit(LAN));
    for (const [index, peer] of peers.entries()) await peer.ask(index % 2 ? 'play' : 'publish', `a${index}`);
    expect(peers.some(({ destroyed, fin }) => destroyed || fin)).toBe(false);
  });

  test.each(['publish', 'play'] as const)('make room with each that may %s', async (action) => {
    const { visit } = stage();
    for (let i = 0; i < 5; i++) {
      const peer = visit(LAN);
      expect(peer.destroyed).toBe(false);
      await peer.ask(action, `a${i}`);
      expect(peer.talk.codes.at(-1)).toBe(action === 'play' ? 'NetStream.Play.Start' : 'NetStream.Publish.Start');
    }
    expect([visit(LAN).destroyed, visit(LAN).destroyed, visit(LAN).destroyed]).toEqual([false, false, true]);
  });

  test('make room with each that goes', async () => {
    const { visit } = stage();
    for (let i = 0; i < 5; i++) {
      const [first, second] = [visit(LAN), visit(LAN)];
      expect([first.destroyed, second.destroyed, visit(LAN).destroyed]).toEqual([false, false, true]);
      first.destroy();
      second.destroy(new Error('reset'));
      await settle();
    }
  });

  test('stay counted while they are refused and have not gone', async () => {
    const { stage: live, visit } = stage();
    live.hub.authorize(() => undefined);
    const [first] = [visit(LAN), visit(LAN)];
    await first!.ask('play', '../etc');
    expect(first!.talk.codes.at(-1)).toBe('NetStream.Play.StreamNotFound');
    expect([first!.fin, first!.destroyed, visit(LAN).destroyed]).toEqual([true, false, true]);
    live.scheduler.advance(2 * SECOND);
    await settle();
    expect(visit(LAN).destroyed).toBe(false);
  });
});

describe('time-outs, by the clock that is handed in', () => {
  test('a peer that says nothing is cut after 5 s', async () => {
    const { stage: live, visit } = stage();
    const peer = visit(LAN);
    live.scheduler.advance(4.5 * SECOND);
    expect(peer.fin).toBe(false);
    live.scheduler.advance(SECOND);
    await settle();
    expect(peer.fin).toBe(true);
  });

  test('a peer that goes on for nothing is cut after 10 s', async () => {
    const { stage: live, visit } = stage();
    const peer = visit(LAN);
    await peer.send(greeting, connect());
    for (let second = 1; second < 10; second++) {
      live.scheduler.advance(SECOND);
      await peer.send(command('_checkbw', second, null));
    }
    expect(peer.fin).toBe(false);
    live.scheduler.advance(SECOND);
    await settle();
    expect(peer.fin).toBe(true);
  });

  test('a player that waits is not cut', async () => {
    const { stage: live, visit } = stage();
    const peer = visit(LAN);
    await peer.ask('play', 'a');
    live.scheduler.advance(3600 * SECOND);
    await settle();
    expect(peer.fin).toBe(false);
  });

  test('a peer that was told to go and stays is destroyed within 2 s of its kick', async () => {
    const { stage: live, visit } = stage();
    const peer = visit(LAN);
    await peer.ask('publish', 'a');
    live.hub.revoke(() => true, new Denied('wrong-key'));
    await settle();
    expect(peer.talk.commands.at(-1)).toMatchObject({ level: 'error', code: 'NetStream.Publish.Denied' });
    expect([peer.fin, peer.destroyed]).toEqual([true, false]);
    live.scheduler.advance(2 * SECOND);
    expect(peer.destroyed).toBe(true);
  });

  test('nothing is left behind by a peer that is gone', async () => {
    const { stage: live, visit } = stage();
    const before = live.scheduler.pending;
    const peer = visit(LAN);
    await peer.ask('play', 'a');
    peer.destroy();
    await settle();
    expect([live.scheduler.pending, live.hub.sessions.size]).toEqual([before, 0]);
  });
});

describe('a process that stands still', () => {
  const half = greeting.subarray(0, 1537);

  test('takes nobody for silent who sent something meanwhile', async () => {
    const { stage: live, visit } = stage();
    const peer = visit(LAN);
    await peer.send(half);
    live.scheduler.stall(6 * SECOND);
    await peer.send(greeting.subarray(1537), connect());
    live.scheduler.advance(3 * SECOND);
    await settle();
    expect([peer.fin, peer.destroyed, peer.talk.codes.at(-1)]).toEqual([false, false, 'NetConnection.Connect.Success']);
  });

  test('cuts who was silent before and after it', async () => {
    const { stage: live, visit } = stage();
    const peer = visit(LAN);
    await peer.send(half);
    live.scheduler.stall(6 * SECOND);
    live.scheduler.advance(SECOND);
    await settle();
    expect(peer.fin).toBe(true);
  });

  test('cuts who is silent also where it does so again and again', async () => {
    const { stage: live, visit } = stage();
    const peer = visit(LAN);
    await peer.send(half);
    for (let i = 0; i < 4; i++) {
      live.scheduler.stall(2 * SECOND);
      await settle();
    }
    expect(peer.fin).toBe(true);
  });
});
