import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../../src/client/index.ts';
import { SECOND } from '../../../src/media/time.ts';
import { HookReceiver, type Received } from '../../hook-receiver.ts';
import { startVirtualServer } from '../../servers.ts';
import { failure, guest, HookStage, playing } from './stage.ts';

const stage = HookStage.declare();

describe('a webhook that decides', () => {
  const publish = async (slug: string, key: string): ReturnType<typeof failure> =>
    failure(
      stage.server.publish({ path: `live/${slug}`, credentials: { key } }).then((publisher) => publisher.end('ended')),
    );
  const play = (slug: string, address: string): ReturnType<typeof failure> =>
    failure(stage.server.server.hub.play(playing(slug, address)).then((viewer) => viewer.leave()));

  test('refuses a publisher with its reason, and opens nothing that the key does not', async () => {
    const slug = await stage.room();
    const key = await stage.keyOf(slug);
    const { path } = await stage.hook(slug, { decides: ['publish'] });
    stage.receiver.json(path, { allow: false, reason: 'Not\r\ntoday.' });
    expect(await publish(slug, key)).toEqual({ code: 'denied', message: 'Not  today.' });
    stage.receiver.json(path, { allow: true });
    expect(await publish(slug, 'rk_wrong')).toMatchObject({ code: 'wrong-key' });
    expect(await publish(slug, key)).toBeUndefined();
    const received = await stage.receiver.of(path, 2);
    expect(received).toHaveLength(2);
    expect(received[0]!.event).toMatchObject({
      type: 'decide.publish',
      data: { protocol: 'test', address: '192.0.2.1' },
    });
    expect(received.map(({ body }) => body).join('')).not.toContain(key);
  });

  test('is asked for a viewer once in a while', async () => {
    const slug = await stage.room();
    const { path } = await stage.hook(slug, { decides: ['play'] });
    stage.receiver.json(path, { allow: true });
    for (let again = 0; again < 3; again++) expect(await play(slug, '192.0.2.20')).toBeUndefined();
    expect(await stage.receiver.of(path, 1)).toHaveLength(1);
    stage.receiver.json(path, { allow: false });
    expect(await play(slug, '192.0.2.21')).toMatchObject({ code: 'denied' });
    expect(await play(slug, '192.0.2.20')).toBeUndefined();
    expect(await stage.receiver.of(path, 2)).toHaveLength(2);
  });

  test('refuses a message, or holds it back', async () => {
    const slug = await stage.room();
    const { path } = await stage.hook(slug, { decides: ['chat'] });
    stage.receiver.answer(path, ({ event }, response) => {
      const { text } = event.data as { text: string };
      const verdict = { allow: text !== 'bad', reason: 'Be kind.', ...(text === 'hm' && { hold: true }) };
      response.end(JSON.stringify(verdict));
    });
    expect(await failure(stage.say(slug, 'bad'))).toEqual({ code: 'not-allowed', message: 'Be kind.' });
    expect((await stage.say(slug, 'hm')).held).toBe(true);
    expect(await stage.say(slug, 'good')).toMatchObject({ text: 'good' });
    expect((await stage.say(slug, 'good', guest('Bob'))).held).toBeUndefined();
  });

  test.each([
    ['hangs', () => {}],
    ['answers with an error', (_received: Received, response) => void response.writeHead(500).end('{"allow":true}')],
    ['sends us elsewhere', (_received: Received, response) => void response.writeHead(307, { Location: '/yes' }).end()],
    ['says something else', (_received: Received, response) => void response.end('<p>yes</p>')],
    ['says neither yes nor no', (_received: Received, response) => void response.end('{"allow":"yes"}')],
    [
      'says too much',
      (_received: Received, response) => void response.end(`{"allow":true,"x":"${'x'.repeat(100_000)}"}`),
    ],
    ['breaks off', (_received: Received, response) => void response.socket!.destroy()],
  ] satisfies [string, Parameters<HookReceiver['answer']>[1]][])(
    'and %s: its setting decides',
    async (_what, answer) => {
      const slug = await stage.room();
      const { path, id } = await stage.hook(slug, { decides: ['chat'] });
      stage.receiver.answer(path, answer);
      expect(await failure(stage.say(slug, 'one'))).toMatchObject({ code: 'busy' });
      await stage.api('PATCH', `rooms/${slug}/hooks/${id}`, { fail: 'open' });
      expect(await stage.say(slug, 'two')).toMatchObject({ text: 'two' });
    },
  );

  test('and does not answer is not asked for a while, and costs other rooms nothing', async () => {
    const [slow, quick] = [await stage.room(), await stage.room()];
    const { path } = await stage.hook(slow, { decides: ['play'], fail: 'open' });
    stage.receiver.answer(path, () => {});
    for (let viewer = 0; viewer < 3; viewer++) expect(await play(slow, `198.51.100.${viewer}`)).toBeUndefined();
    for (let viewer = 3; viewer < 30; viewer++) expect(await play(slow, `198.51.100.${viewer}`)).toBeUndefined();
    expect(await stage.receiver.of(path)).toHaveLength(3);
    expect(await play(quick, '198.51.100.1')).toBeUndefined();
  });
});

describe('a yes for a minute', () => {
  /** A virtual server with a publisher and a viewer, whom another server has let in for 60 s each. */
  async function letIn() {
    const receiver = await HookReceiver.open();
    onTestFinished(() => receiver.close());
    const { server, scheduler, http } = await startVirtualServer({ outgoing: { allow: ['127.0.0.0/8'] } });
    const { token } = JSON.parse(await readFile(join(server.settings.data, 'admin.json'), 'utf8')) as { token: string };
    const client = createClient({ base: http, token });
    await client.createHook('lobby', { url: receiver.url('/'), decides: ['publish', 'play'] });
    receiver.json('/', { allow: true, validFor: 60 });
    const closed: unknown[] = [];
    const access = { ...playing('lobby', '192.0.2.30'), action: 'publish' as const };
    await server.hub.publish({ ...access, close: (reason, error) => closed.push([reason, error?.message]) });
    const viewer = await fetch(`${http}/live/lobby.flv`);
    const ended = viewer.arrayBuffer().then(
      () => 'ended',
      () => 'ended',
    );
    const [first, second] = await receiver.of('/', 2);
    expect([first, second].map((asked) => asked!.event.type)).toEqual(['decide.publish', 'decide.play']);
    return { receiver, scheduler, hub: server.hub, closed, ended };
  }

  test('is asked for again before it is over, by the id of the session', async () => {
    const { receiver, scheduler, hub, closed } = await letIn();
    scheduler.advance(39 * SECOND);
    expect(receiver.received).toHaveLength(2);
    scheduler.advance(2 * SECOND);
    const again = (await receiver.of('/', 4)).slice(2).map(({ event }) => event);
    expect(again.map(({ type }) => type).toSorted()).toEqual(['decide.play', 'decide.publish']);
    expect(new Set(again.map(({ data }) => data['session']))).toEqual(new Set(hub.sessions.keys()));
    expect(closed).toEqual([]);
  });

  test('ends with a no: the publisher reads why, and the viewer gets no more', async () => {
    const { receiver, scheduler, hub, closed, ended } = await letIn();
    receiver.json('/', { allow: false, reason: 'The hall is closed.' });
    scheduler.advance(41 * SECOND);
    expect(await ended).toBe('ended');
    await expect.poll(() => closed).toEqual([['revoked', 'The hall is closed.']]);
    expect(hub.sessions.size).toBe(0);
  });

  test('ends with its minute where nobody answers any more', async () => {
    const { receiver, scheduler, hub, closed, ended } = await letIn();
    receiver.answer('/', () => {});
    scheduler.advance(41 * SECOND);
    await receiver.of('/', 4);
    scheduler.advance(18 * SECOND);
    expect([closed, hub.sessions.size]).toEqual([[], 2]);
    scheduler.advance(2 * SECOND);
    expect(await ended).toBe('ended');
    expect(closed).toEqual([['revoked', expect.stringContaining('does not answer')]]);
  });
});
