import { describe, expect, test } from 'vitest';
import { SECOND } from '../../../src/media/time.ts';
import { until } from '../../servers.ts';
import type { HlsClient } from '../../hls/hls-client.ts';
import { errorOf, playlistOf } from '../../hls/answers.ts';
import { answered, type Held, HlsStage, PATH } from './stage.ts';

// Segments of two seconds, in five parts. The third grows, of which there are two.

describe('C-HLS-21 a list that is waited for', () => {
  test('C-HLS-21 comes with the part that was asked for, and not before', async () => {
    const { stage, by, list } = await HlsStage.watched();
    const held = await stage.held(`${list}?_HLS_msn=3&_HLS_part=3`);
    await stage.send(by, 560);
    await stage.http.round();
    expect(held.answer).toBeUndefined();
    await stage.send(by, 80);
    const answer = await answered(held);
    expect(playlistOf(answer).open!.parts).toHaveLength(4);
    expect(answer.headers['cache-control']).toBe('public, max-age=12');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('C-HLS-22 of a segment comes with that segment', async () => {
    const { stage, by, list } = await HlsStage.watched();
    const held = await stage.held(`${list}?_HLS_msn=3`);
    await stage.send(by, 960);
    expect(held.answer).toBeUndefined();
    await stage.send(by, 80);
    expect(playlistOf(await answered(held)).segments.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  test('C-HLS-21 of a part behind the last of its segment comes with the first of the next', async () => {
    const { stage, by, list } = await HlsStage.watched();
    const held = await stage.held(`${list}?_HLS_msn=3&_HLS_part=5`);
    await stage.send(by, 1200);
    expect(held.answer).toBeUndefined();
    await stage.send(by, 240);
    const { open, segments } = playlistOf(await answered(held));
    expect([segments.length, open?.sequence, open?.parts.length]).toEqual([3, 4, 1]);
  });

  test('C-HLS-21 of what is there comes at once', async () => {
    const { stage, by, list } = await HlsStage.watched();
    await stage.send(by, 2000);
    const answers = [];
    for (const query of ['_HLS_msn=3', '_HLS_msn=3&_HLS_part=4', '_HLS_msn=4&_HLS_part=0']) {
      answers.push((await stage.get(`${list}?${query}`)).status);
    }
    expect(answers).toEqual([200, 200, 200]);
  });

  test('C-HLS-17 comes with the end of the stream', async () => {
    const { stage, by, list } = await HlsStage.watched();
    const held = await stage.held(`${list}?_HLS_msn=4&_HLS_part=0`);
    by.end('ended');
    expect(playlistOf(await answered(held)).ended).toBe(true);
  });
});

describe('C-HLS-23 C-HLS-24 what is refused at once', () => {
  test.each(['_HLS_part=1', '_HLS_msn=x', '_HLS_msn=6', '_HLS_msn=1000000000', '_HLS_msn=4&_HLS_part=60'])(
    'C-HLS-24 %s',
    async (query) => {
      const { stage, list } = await HlsStage.watched();
      const answer = await stage.get(`${list}?${query}`);
      expect([answer.status, errorOf(answer)]).toEqual([400, 'bad-request']);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );
});

describe('C-HLS-25 a source that stops', () => {
  test('C-HLS-25 those who wait are answered after three target durations, and lists are had as they are', async () => {
    const { stage, list } = await HlsStage.watched();
    const held = await stage.held(`${list}?_HLS_msn=3&_HLS_part=4`);
    await stage.http.pass(6 * SECOND - 100_000);
    expect(held.answer).toBeUndefined();
    expect((await stage.get(list)).status).toBe(200);
    await stage.http.pass(200_000);
    const answer = await answered(held);
    expect([answer.status, errorOf(answer)]).toEqual([503, 'busy']);
    expect((await stage.get(list)).status).toBe(200);
  });

  test('C-HLS-25 those who wait for the part that was announced are answered so, too', async () => {
    const { stage, list } = await HlsStage.watched();
    const [hint] = (await stage.playlist(list)).hints;
    const held = await stage.held(new URL(hint!.uri, stage.url(list)).href, { kind: 'part' });
    await stage.http.pass(6 * SECOND + 100_000);
    expect((await answered(held)).status).toBe(503);
  });
});

describe('C-HLS-27 the part that comes next', () => {
  test('C-HLS-27 is waited for, and is what the segment has then', async () => {
    const { stage, by, list } = await HlsStage.watched();
    const [hint] = (await stage.playlist(list)).hints;
    const address = new URL(hint!.uri, stage.url(list)).href;
    const held = await stage.held(address, { kind: 'part' });
    expect(held.answer).toBeUndefined();
    await stage.send(by, 480);
    const early = await answered(held);
    const late = await stage.get(address, 'part');
    expect(early.status).toBe(200);
    expect(early.bytes).toEqual(late.bytes);
  });

  test('C-HLS-27 and no other', async () => {
    const { stage, list } = await HlsStage.watched();
    const status = async (name: string): Promise<number> =>
      (await stage.get(new URL(name, stage.url(list)).href, 'part')).status;
    const statuses = [];
    for (const name of ['main-3.9.m4s', 'main-4.0.m4s', 'main-0.0.m4s', 'main-9.m4s', 'main-3.m4s', 'v1-1.m4s']) {
      statuses.push(await status(name));
    }
    expect(statuses).toEqual([404, 404, 404, 404, 404, 404]);
  });
});

describe('C-HLS-24 who waits', () => {
  test('C-HLS-24 may wait four times in one rendition', async () => {
    const { stage, by, list } = await HlsStage.watched();
    const all = [];
    for (let i = 0; i < 4; i++) all.push(await stage.held(`${list}?_HLS_msn=3&_HLS_part=4&n=${i}`));
    const fifth = await stage.get(`${list}?_HLS_msn=3&_HLS_part=4`);
    expect([fifth.status, errorOf(fifth)]).toEqual([429, 'too-many-requests']);
    const other = stage.another();
    await other.get(stage.url('index.m3u8'), 'multivariant');
    const elsewhere = await stage.held(`${list}?_HLS_msn=3&_HLS_part=4`, { client: other });
    await stage.send(by, 1200);
    for (const held of [...all, elsewhere]) expect((await answered(held)).status).toBe(200);
    expect((await stage.get(`${list}?_HLS_msn=3&_HLS_part=4`)).status).toBe(200);
  });

  test('C-HLS-24 and goes makes room', async () => {
    const { stage, list } = await HlsStage.watched();
    const cookie = await cookieOf(stage);
    const wait = (client: HlsClient): Promise<Held> =>
      stage.held(`${list}?_HLS_msn=3&_HLS_part=4`, { client, headers: { cookie } });
    for (let turn = 0; turn < 3; turn++) {
      const client = stage.another();
      let first = await wait(client);
      await until('there is room', async () => !first.answer || ((first = await wait(client)), false));
      for (let i = 1; i < 4; i++) expect((await wait(client)).answer).toBeUndefined();
      expect((await answered(await wait(client))).status).toBe(429);
      client.close();
    }
  });

  test('and is kicked is answered at once, and refused', async () => {
    const { stage, list } = await HlsStage.watched();
    for (let i = 0; i < 2; i++) await stage.get(list);
    const held = await stage.held(`${list}?_HLS_msn=3&_HLS_part=4`);
    const { hub } = stage.http.server;
    const [session] = [...hub.sessionsOf(PATH)].filter(({ protocol }) => protocol === 'hls');
    hub.kick(session!.id);
    const answer = await answered(held);
    expect([answer.status, errorOf(answer)]).toEqual([403, 'kicked']);
    const again = await stage.get(list);
    expect([again.status, errorOf(again)]).toEqual([403, 'kicked']);
    const segment = new URL('main-2.m4s', stage.url(list)).href;
    const named = await stage.get(segment, 'segment');
    expect([named.status, errorOf(named)]).toEqual([403, 'kicked']);
    expect((await stage.another().get(segment, 'segment')).status).toBe(200);
    await stage.http.pass(61 * SECOND);
    expect((await stage.get(segment, 'segment')).status).not.toBe(403);
  });

  test('when the server stops is answered at once', async () => {
    const { stage, list } = await HlsStage.watched();
    const held = await stage.held(`${list}?_HLS_msn=3&_HLS_part=4`);
    const closed = stage.http.server.close();
    const answer = await answered(held);
    expect([200, 503]).toContain(answer.status);
    await closed;
  });
});

async function cookieOf(stage: HlsStage): Promise<string> {
  const response = await fetch(stage.url('index.m3u8'));
  return /^[^;]+/.exec(response.headers.get('set-cookie') ?? '')![0];
}
