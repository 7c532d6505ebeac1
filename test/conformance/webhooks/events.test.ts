import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../src/client/messages.ts';
import { isGenuine } from '../../hook-receiver.ts';
import { guest, HookStage, playing, typesOf } from './stage.ts';

const stage = HookStage.declare();

/** ms */
const DAY = 86_400_000;

describe('events', () => {
  test('of a broadcast and its chat come signed, in the order in which they happened', async () => {
    const slug = await stage.room();
    const everything = ['stream.live', 'stream.ended', 'chat.message', 'chat.changed', 'viewers.milestone'];
    const { secret, path } = await stage.hook(slug, { events: everything, milestones: [2, 1] });
    const publisher = await stage.server.publish({
      path: `live/${slug}`,
      credentials: { key: await stage.keyOf(slug) },
    });
    const viewers = [await stage.server.server.hub.play(playing(slug, '192.0.2.7'))];
    viewers.push(await stage.server.server.hub.play(playing(slug, '192.0.2.8')));
    const { id } = await stage.say(slug, 'Hello!');
    await stage.server.app.services.chat.delete(slug, guest(), id);
    for (const viewer of viewers) viewer.leave();
    publisher.end('ended');
    const received = await stage.receiver.of(path, 8);
    const types = typesOf(received);
    expect(types.filter((type) => !type.startsWith('chat.'))).toEqual([
      ...['stream.live', 'viewers.milestone', 'viewers.milestone', 'stream.ended'],
    ]);
    expect(types.filter((type) => type.startsWith('chat.'))).toEqual([
      ...['chat.message', 'chat.message', 'chat.changed', 'chat.message'],
    ]);
    expect(received.map(({ event }) => event.data['viewers']).filter((viewers) => viewers !== undefined)).toEqual([
      1, 2,
    ]);
    expect(received.find(({ event }) => event.type === 'stream.ended')!.event.data).toMatchObject({
      ...{ reason: 'ended', peak: 2, duration: expect.any(Number), broadcast: expect.any(String) },
    });
    expect(received.find(({ event }) => event.type === 'chat.changed')!.event.data).toMatchObject({
      message: { id, deleted: true, text: '' },
    });
    for (const { headers, body, event } of received) {
      expect(event).toMatchObject({ id: headers['roomcast-id'], room: slug, at: expect.stringMatching(/Z$/) });
      expect(isGenuine(secret, headers, body)).toBe(true);
      expect(isGenuine(`${secret}x`, headers, body)).toBe(false);
      expect(isGenuine(secret, headers, `${body} `)).toBe(false);
      expect(isGenuine(secret, headers, body, Date.now() + 301_000)).toBe(false);
      expect(isGenuine(secret, { ...headers, 'roomcast-timestamp': '1' }, body)).toBe(false);
      expect(isGenuine(secret, { ...headers, 'roomcast-signature': 'v1=' }, body)).toBe(false);
    }
  });

  test('of keys and moderation say who did what, and never a key or a secret', async () => {
    const slug = await stage.room();
    const { path } = await stage.hook(slug, { events: ['key.made', 'key.rotated', 'key.revoked', 'moderation'] });
    const { id } = await stage.api<{ id: string }>('POST', `rooms/${slug}/keys`, { name: 'phone' });
    const next = await stage.api<{ id: string; key: string }>('POST', `rooms/${slug}/keys/${id}/replace`);
    const keys = [next.key, await stage.keyOf(slug)];
    await stage.api('DELETE', `rooms/${slug}/keys/${next.id}`);
    await stage.api('POST', `rooms/${slug}/bans`, { network: '198.51.100.0/24', reason: 'spam' });
    const other = await stage.hook(slug, { events: [] });
    const received = await stage.receiver.of(path, 4);
    expect(typesOf(received)).toEqual(['key.made', 'key.rotated', 'key.revoked', 'moderation']);
    expect(received[0]!.event.data).toMatchObject({ by: { id: 'server' }, key: { name: 'phone' } });
    expect(received[3]!.event.data).toMatchObject({ action: 'POST /rooms/:slug/bans', details: { reason: 'spam' } });
    const all = received.map(({ body }) => body).join('\n');
    for (const secret of [...keys, other.secret, stage.server.bearer]) expect(all).not.toContain(secret);
    expect(stage.server.log.join('\n')).not.toContain(other.secret);
    const { text } = await stage.server.call('GET', `/api/v1/rooms/${slug}/audit`, {
      headers: { Authorization: `Bearer ${stage.server.bearer}` },
    });
    expect(text).not.toContain(stage.receiver.url('/hook'));
  });

  test('of all rooms come to a webhook of the server, and of one room to nobody else’s', async () => {
    const [one, two] = [await stage.room(), await stage.room()];
    const all = await stage.hook('', { events: ['chat.message'] });
    const first = await stage.hook(one, { events: ['chat.message'] });
    await stage.say(one, 'in one');
    await stage.say(two, 'in two');
    expect((await stage.receiver.of(all.path, 2)).map(({ event }) => event.room)).toEqual([one, two]);
    await stage.say(one, 'in one again');
    expect((await stage.receiver.of(first.path, 2)).map(({ event }) => event.room)).toEqual([one, one]);
  });

  test('are tried again where an endpoint fails, and the next wait for them', async () => {
    const slug = await stage.room();
    const { path, id } = await stage.hook(slug, { events: ['chat.message'] });
    let failures = 1;
    stage.receiver.answer(path, (_received, response) => void response.writeHead(failures-- > 0 ? 500 : 204).end());
    await stage.say(slug, 'one');
    await stage.receiver.of(path, 1);
    await stage.say(slug, 'two');
    // A change has what waits tried at once.
    await expect.poll(async () => (await deliveries(slug, id)).find(({ status }) => status === 500)?.attempts).toBe(1);
    await stage.api('PATCH', `rooms/${slug}/hooks/${id}`, { enabled: true });
    const received = await stage.receiver.of(path, 3);
    const texts = received.map(({ event }) => (event.data['message'] as ChatMessage).text);
    expect(texts).toEqual(['one', 'one', 'two']);
    expect(received[0]!.event.id).toBe(received[1]!.event.id);
    expect(received[0]!.body).toBe(received[1]!.body);
    await expect
      .poll(async () => (await deliveries(slug, id)).map(({ state, attempts }) => [state, attempts]))
      .toEqual([
        ['sent', 1],
        ['sent', 2],
      ]);
  });

  interface Delivery {
    id: number;
    event: string;
    state: string;
    attempts: number;
    status?: number;
    error?: string;
  }
  const deliveries = async (slug: string, id: string): Promise<Delivery[]> =>
    (await stage.api<{ deliveries: Delivery[] }>('GET', `rooms/${slug}/hooks/${id}/deliveries`)).deliveries;

  test('can be tried by a button, and sent again', async () => {
    const slug = await stage.room();
    const { path, id, secret } = await stage.hook(slug, { events: [] });
    expect(await stage.api('POST', `rooms/${slug}/hooks/${id}/test`)).toMatchObject({
      ok: true,
      ms: expect.any(Number),
    });
    stage.receiver.answer(
      path,
      (_received, response) => void response.writeHead(302, { Location: '/elsewhere' }).end(),
    );
    const failed = await stage.api('POST', `rooms/${slug}/hooks/${id}/test`);
    expect(failed).toMatchObject({ ok: false, error: expect.stringContaining('elsewhere') });
    stage.receiver.answer(path, undefined);
    const [dead, sent] = await deliveries(slug, id);
    expect([dead!.state, sent!.state]).toEqual(['dead', 'sent']);
    expect((await stage.api('POST', `rooms/${slug}/hooks/${id}/deliveries/${dead!.id}/replay`)).status).toBe(204);
    const [, second, third] = await stage.receiver.of(path, 3);
    expect(third!.body).toBe(second!.body);
    expect(isGenuine(secret, third!.headers, third!.body)).toBe(true);
    expect((await stage.api('POST', `rooms/${slug}/hooks/${id}/deliveries/999999/replay`)).status).toBe(404);
    expect(stage.receiver.received.some((each) => each.path === '/elsewhere')).toBe(false);
  });

  test('are signed by the secret before, too, for a day after it is rotated', async () => {
    const slug = await stage.room();
    const { path, id, secret } = await stage.hook(slug, { events: [] });
    const { clock } = stage.server;
    const rotate = async (): Promise<{ secret: string; previousUntil: string }> =>
      stage.api('PATCH', `rooms/${slug}/hooks/${id}`, { rotate: true });
    const signedBy = async (...secrets: string[]): Promise<boolean[]> => {
      const { length } = stage.receiver.received;
      await stage.api('POST', `rooms/${slug}/hooks/${id}/test`);
      const { headers, body } = stage.receiver.received[length]!;
      const now = Date.now() + clock.ahead / 1000;
      return secrets.map((each) => isGenuine(each, headers, body, now));
    };
    const { secret: second, previousUntil } = await rotate();
    expect(Math.abs(Date.parse(previousUntil) - Date.now() - DAY)).toBeLessThan(60_000);
    expect(await signedBy(secret, second)).toEqual([true, true]);
    const { secret: third } = await rotate();
    expect(await signedBy(secret, second, third)).toEqual([false, true, true]);
    clock.ahead += (DAY + 60_000) * 1000;
    expect(await signedBy(secret, second, third)).toEqual([false, false, true]);
    clock.ahead = 0;
    const { text } = await stage.server.call('GET', `/api/v1/rooms/${slug}/hooks`, {
      headers: { Authorization: `Bearer ${stage.server.bearer}` },
    });
    expect([id, secret, second, third].map((each) => text.includes(each))).toEqual([true, false, false, false]);
    expect(await stage.receiver.of(path)).toHaveLength(3);
  });

  test('go to no address that the server may not reach', async () => {
    const slug = await stage.room();
    for (const url of ['http://10.0.0.1/', 'http://localhost/', 'ftp://127.0.0.1/', 'http://a:b@127.0.0.1/', '//x']) {
      const answer = await stage.api('POST', `rooms/${slug}/hooks`, { url });
      if (url !== 'http://localhost/') expect([url, answer.code ?? answer.status]).toEqual([url, 'outgoing-refused']);
    }
    const { id } = await stage.hook(slug, {});
    const change = await stage.api('PATCH', `rooms/${slug}/hooks/${id}`, { url: 'http://169.254.169.254/latest' });
    expect(change.code).toBe('outgoing-refused');
    const other = await stage.room();
    expect((await stage.api('POST', `rooms/${other}/hooks/${id}/test`)).code).toBe('not-found');
    expect((await stage.api('POST', `hooks/${id}/test`)).code).toBe('not-found');
  });
});
