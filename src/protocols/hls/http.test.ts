import { describe, expect, test } from 'vitest';
import { errorOf, playlistOf } from '../../../test/hls/answers.ts';
import { cookieOf, VirtualLive } from '../../../test/hls/virtual-live.ts';
import { settle } from '../../../test/virtual-scheduler.ts';
import { NotFound } from '../../errors.ts';
import { frameOf, sample } from '../../containers/contract-samples.ts';
import type { Frame } from '../../media/frame.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';

const textOf = ({ bytes }: { bytes: Uint8Array }): string => new TextDecoder().decode(bytes);

/** With a list from 3.4 s on, and 1.6 s later: two segments, and two parts of the third. */
async function watched(options: Parameters<typeof VirtualLive.start>[0] = {}): Promise<{
  live: VirtualLive;
  list: string;
}> {
  const live = await VirtualLive.start(options);
  const list = await live.list();
  await live.send(1600);
  return { live, list };
}

describe('an answer', () => {
  test('says how long it is, unless there can be no body', async () => {
    const { live, list } = await watched();
    const whole = await live.get(list);
    expect(whole.headers['content-length']).toBe(String(whole.bytes.length));
    const again = await live.get(list, { 'if-none-match': whole.headers['etag']! });
    expect([again.status, again.headers['content-length'], again.bytes.length]).toEqual([304, undefined, 0]);
    expect([again.headers['etag'], again.headers['vary']]).toEqual([whole.headers['etag'], 'Accept-Encoding']);
    const options = await live.get(list, {}, { method: 'OPTIONS' });
    expect([options.status, options.headers['content-length']]).toEqual([204, undefined]);
    expect(options.headers['access-control-allow-headers']).toContain('Range');
    expect(options.headers['access-control-max-age']).toBe('86400');
    const head = await live.get(list, {}, { method: 'HEAD' });
    expect([head.headers['content-length'], head.bytes.length]).toEqual([String(whole.bytes.length), 0]);
  });

  test('is for pages of any origin, and nobody guesses what it is', async () => {
    const { live, list } = await watched();
    for (const path of ['index.m3u8', list, live.beside(list, 'main-1.m4s'), live.beside(list, 'nothing.m4s')]) {
      const { headers } = await live.get(path);
      expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'x-content-type-options': 'nosniff' });
    }
  });

  test('is packed for those who take that, and only for them', async () => {
    const { live, list } = await watched();
    for (const [encoding, isPacked] of [
      ['gzip', true],
      ['br, GZIP;q=0.5', true],
      ['gzip;q=0.001', true],
      ['gzip;q=0', false],
      ['gzip ; q=0.000, br', false],
      ['xgzip', false],
      ['', false],
    ] as const) {
      const { headers } = await live.get(list, { 'accept-encoding': encoding });
      expect([encoding, headers['content-encoding']]).toEqual([encoding, isPacked ? 'gzip' : undefined]);
    }
  });

  test('is counted, as is the request, but not where nobody is there to be answered', async () => {
    const { live, list } = await watched();
    for (let i = 0; i < 2; i++) await live.get(list);
    const [session] = live.sessions;
    const before = { ...session!.traffic };
    const { bytes } = await live.get(live.beside(list, 'main-1.m4s'), {}, { isScript: false });
    const { traffic } = session!;
    expect(traffic.out - before.out).toBe(bytes.length);
    expect(traffic.in - before.in).toBe(new URL(live.url(live.beside(list, 'main-1.m4s'))).pathname.length);
    const { out } = traffic;
    live.ask(list).leave();
    live.ask(`${list}?_HLS_msn=3&_HLS_part=2`).leave();
    await live.send(1200);
    expect(session!.traffic.out).toBe(out);
  });

  test('that is a refusal is kept by nobody', async () => {
    const { live, list } = await watched();
    for (const path of [live.beside(list, 'main-9.m4s'), `${list}?_HLS_part=1`, `${list}?_HLS_msn=9`]) {
      const { status, headers } = await live.get(path);
      expect(status).toBeGreaterThanOrEqual(400);
      expect([headers['cache-control'], headers['retry-after']]).toEqual(['no-store', undefined]);
    }
  });

  test('of which somebody takes nothing is cut when its time is over, which the log says', async () => {
    const { live, list } = await watched();
    const file = live.beside(list, 'main-1.m4s');
    const stuck = live.ask(file, {}, { stuck: true });
    await live.send(9600);
    expect([stuck.cut, live.hls.said]).toEqual([false, []]);
    await live.get(file);
    await live.send(2000);
    expect(stuck.cut).toBe(true);
    expect(live.hls.said).toHaveLength(1);
  });
});

describe('the first list', () => {
  test('that does not come is not waited for longer than the longest GOP takes', async () => {
    const live = await VirtualLive.start({ ms: 1000 });
    const held = await live.held('index.m3u8');
    await live.pass(11.9 * SECOND);
    expect(held.is).toBeUndefined();
    await live.pass(0.2 * SECOND);
    expect([held.is!.status, errorOf(held.is!), held.is!.headers['retry-after']]).toEqual([404, 'not-live', '2']);
  });

  test('of a stream that ends before is refused at once', async () => {
    const live = await VirtualLive.start({ ms: 1000 });
    const gone = await live.held('index.m3u8');
    gone.leave();
    live.by.publisher.end('ended');
    const held = await live.held('index.m3u8');
    expect([held.is!.status, errorOf(held.is!), held.is!.headers['retry-after']]).toEqual([404, 'not-live', '2']);
  });

  test.each([
    ['a video element', { 'sec-fetch-dest': 'video', 'accept-encoding': 'gzip' }, true],
    ['an audio element', { 'sec-fetch-dest': 'audio' }, true],
    ['a script', { 'sec-fetch-dest': 'empty' }, false],
    ['a program that plays segments whole', { range: 'bytes=0-' }, true],
    ['an element without TLS', { range: 'bytes=0-', 'accept-encoding': 'identity;q=1, *;q=0' }, true],
    ['a script without TLS', { 'accept-encoding': 'gzip, deflate' }, false],
  ])('has three segments where %s asks: %o %s', async (_who, headers, waits) => {
    const live = await VirtualLive.start({ ms: 3400 });
    const held = await live.held('index.m3u8', headers, { isScript: false });
    expect(held.is === undefined).toBe(waits);
    await live.send(4800);
    expect(held.is!.status).toBe(200);
  });

  describe('of a stream that begins with sound', () => {
    const sound = (from: number, ms: number): Frame[] =>
      Array.from({ length: ms / 40 }, (_, i) => frameOf(sample.audio, { ms: from + 40 * i, size: 24 }));
    const begun = async (): Promise<VirtualLive> => {
      const live = await VirtualLive.start({ ms: 0 });
      await live.stage.run({ by: live.by, frames: sound(0, 1000) });
      return live;
    };

    test('waits for its pictures, as of a relay that joined inside of a GOP', async () => {
      const live = await begun();
      const held = [await live.held('index.m3u8'), await live.held('ts.m3u8')];
      const rest = live.film(8000).filter(({ dts, track }) => dts >= (track.kind === 'video' ? 2 : 1) * SECOND);
      await live.stage.run({ by: live.by, frames: rest });
      for (const { is } of held) expect(textOf(is!)).toContain('CODECS="avc1.640028,mp4a.40.2"');
    });

    test('does not wait for long where there are none', async () => {
      const live = await begun();
      const held = await live.held('index.m3u8');
      await live.stage.run({ by: live.by, frames: sound(1000, 2800) });
      expect(held.is).toBeUndefined();
      await live.stage.run({ by: live.by, frames: sound(3800, 1600) });
      expect(textOf(held.is!)).toContain('CODECS="mp4a.40.2"');
      expect((await live.get('index.m3u8')).status).toBe(200);
    });

    test('is refused at once when it ends meanwhile', async () => {
      const live = await begun();
      const held = await live.held('index.m3u8');
      live.by.publisher.end('ended');
      await live.pass(4 * SECOND);
      expect(errorOf(held.is!)).toBe('not-live');
    });
  });

  test('is nobody’s business whom the gate does not know', async () => {
    const gate = ({ action, path }: { action: string; path: string }): object => {
      if (action === 'play' && path !== 'live/a') throw new NotFound();
      return {};
    };
    const live = await VirtualLive.start({ stage: { gate } });
    expect(errorOf(await live.get('/live/b/index.m3u8'))).toBe('not-found');
    live.by.publisher.end('ended');
    await live.pass(1);
    expect(errorOf(await live.get('index.m3u8'))).toBe('not-live');
  });

  test('cannot be had by its own address before it is ready', async () => {
    const live = await VirtualLive.start({ ms: 1000 });
    const held = await live.held('index.m3u8');
    const { id } = live.stage.hub.stream(live.path)!.broadcast!;
    expect((await live.get(`hls/${id}/mp4/main.m3u8`)).status).toBe(404);
    await live.send(2400);
    expect(held.is!.status).toBe(200);
    expect((await live.get(`hls/${id}/mp4/main.m3u8`)).status).toBe(200);
  });

  test('is the same by the short address of a room', async () => {
    const { live, list } = await watched();
    const { bytes, url } = await live.get('/hls/a.m3u8');
    const uri = textOf({ bytes }).trim().split('\n').at(-1)!;
    expect(new URL(uri, url).href).toBe(live.url(list));
  });
});

describe('a list', () => {
  test('C-HLS-08 is made once for each change, and is never an old one', async () => {
    const { live, list } = await watched();
    const seen = new Set<string>();
    for (let i = 0; i < 30; i++) {
      const [first, second] = [await live.get(list), await live.get(list)];
      expect(first.headers['etag']).toBe(second.headers['etag']);
      const { hints } = playlistOf(first);
      seen.add(`${first.headers['etag']} ${hints[0]!.uri}`);
      await live.send(400);
    }
    expect(seen.size).toBe(30);
    expect(new Set([...seen].map((one) => one.split(' ')[0])).size).toBe(30);
  });

  test('C-HLS-26 is one for those who skip and another for those who do not, whoever asks first', async () => {
    const { live, list } = await watched();
    await live.send(20_000);
    const skipped = playlistOf(await live.get(`${list}?_HLS_skip=YES`));
    const whole = playlistOf(await live.get(list));
    expect(whole.skipped).toBeUndefined();
    expect(skipped.skipped).toBeGreaterThan(2);
    expect(skipped.segments.length + skipped.skipped!).toBe(whole.segments.length);
  });

  test('C-HLS-18 may be kept for a second, by others only where it sets no cookie, and longer where it was asked for by number', async () => {
    const { live, list } = await watched();
    const first = await live.get(list);
    expect(first.headers['cache-control']).toBe('private, max-age=1');
    const known = await live.get(list, { cookie: cookieOf(first)! });
    expect([known.headers['cache-control'], cookieOf(known)]).toEqual(['public, max-age=1', undefined]);
    const there = await live.get(`${list}?_HLS_msn=2`);
    expect([there.headers['cache-control'], cookieOf(there)]).toEqual(['public, max-age=12', undefined]);
    const held = await live.held(`${list}?_HLS_msn=3&_HLS_part=2`);
    await live.send(400);
    expect([held.is!.headers['cache-control'], cookieOf(held.is!)]).toEqual(['public, max-age=12', undefined]);
  });

  test('C-HLS-25 is waited for during three target durations', async () => {
    const { live, list } = await watched();
    const held = await live.held(`${list}?_HLS_msn=3&_HLS_part=4`);
    await live.pass(6 * SECOND - 50 * MILLISECOND);
    expect(held.is).toBeUndefined();
    await live.pass(100 * MILLISECOND);
    expect([held.is!.status, held.is!.headers['retry-after']]).toEqual([503, '2']);
  });

  test('C-HLS-17 that has ended comes at once, whatever is asked of it', async () => {
    const { live, list } = await watched();
    const held = await live.held(`${list}?_HLS_msn=4&_HLS_part=0`);
    live.by.publisher.end('ended');
    await live.pass(1);
    expect(playlistOf(held.is!).ended).toBe(true);
    for (const query of ['_HLS_msn=4', '_HLS_msn=5&_HLS_part=3', '_HLS_msn=1000'])
      expect(playlistOf(await live.get(`${list}?${query}`)).ended).toBe(true);
  });

  test('C-HLS-22 comes when what was asked for came while its player was let in', async () => {
    const live = await VirtualLive.start();
    const list = await live.list();
    await live.send(600 - 40);
    const asked = live.ask(`${list}?_HLS_msn=2&_HLS_part=1`, { 'user-agent': 'new' });
    const part = live.ask(live.beside(list, 'main-2.1.m4s'), { 'user-agent': 'newer' });
    live.write(400);
    await settle();
    expect([asked.is?.status, part.is?.status]).toEqual([200, 200]);
  });

  test('of MPEG-TS says nothing of parts, and takes no notice of what is asked for by number', async () => {
    const live = await VirtualLive.start();
    await live.held('ts.m3u8');
    await live.send(2000);
    const list = await live.list('ts.m3u8');
    await live.send(4000);
    const plain = await live.get(list);
    for (const query of ['_HLS_msn=100', '_HLS_part=1', '_HLS_skip=YES'])
      expect(textOf(await live.get(`${list}?${query}`))).toBe(textOf(plain));
    expect(textOf(plain)).not.toMatch(/PART|SKIP|BLOCK/);
    const { sequence } = playlistOf(plain).segments.at(-1)!;
    for (const name of [`main-${sequence + 1}.0.m4s`, `main-${sequence + 2}.0.m4s`, `main-${sequence + 1}.ts`])
      expect([name, (await live.get(live.beside(list, name))).status]).toEqual([name, 404]);
  });
});

describe('a file', () => {
  test('is had in ranges, by GET and where it is what was had before', async () => {
    const { live, list } = await watched();
    const file = live.beside(list, 'main-1.m4s');
    const { bytes, headers } = await live.get(file);
    const size = bytes.length;
    const ask = (sent: Record<string, string>, method = 'GET') => live.get(file, sent, { method });
    const part = await ask({ range: 'bytes=10-19' });
    expect([part.status, part.headers['content-range'], part.bytes]).toEqual([
      206,
      `bytes 10-19/${size}`,
      bytes.slice(10, 20),
    ]);
    const beyond = await ask({ range: `bytes=${size}-` });
    expect([beyond.status, beyond.headers['content-range'], beyond.headers['cache-control']]).toEqual([
      416,
      `bytes */${size}`,
      'no-store',
    ]);
    expect((await ask({ range: 'bytes=0-9', 'if-range': '"other"' })).bytes).toHaveLength(size);
    expect((await ask({ range: 'bytes=0-9', 'if-range': headers['etag']! })).bytes).toHaveLength(10);
    const head = await ask({ range: 'bytes=0-9' }, 'HEAD');
    expect([head.status, head.headers['content-length']]).toEqual([200, String(size)]);
    expect((await ask({ 'if-none-match': headers['etag']! })).status).toBe(304);
  });

  test('is there when all of it is, and a gap never is', async () => {
    const { live, list } = await watched();
    const status = async (name: string): Promise<number> => (await live.get(live.beside(list, name))).status;
    expect([await status('main-2.m4s'), await status('main-3.m4s'), await status('main-4.m4s')]).toEqual([
      200, 404, 404,
    ]);
    expect([await status('main-init1.mp4'), await status('main-init2.mp4')]).toEqual([200, 404]);
    const other = { ...sample.audio, id: 7 };
    const silent = await VirtualLive.start({ ms: 40, more: [other] });
    const held = await silent.held('index.m3u8');
    await silent.send(4360, { more: [other] });
    await silent.send(8000);
    const sound = textOf(held.is!).match(/hls.*a7\.m3u8/)![0];
    const { segments } = playlistOf(await silent.get(sound));
    const { sequence } = segments.find(({ gap }) => gap)!;
    for (const name of [`a7-${sequence}.m4s`, `a7-${sequence}.0.m4s`])
      expect([name, (await silent.get(silent.beside(sound, name))).status]).toEqual([name, 404]);
    expect((await silent.get(silent.beside(sound, `a7-${sequence - 1}.m4s`))).status).toBe(200);
  });

  test('keeps its player and its list alive, whatever else is not asked for', async () => {
    const { live, list } = await watched();
    for (let second = 0; second < 80; second += 4) {
      await live.send(4000);
      const sequence = 2 + second / 2;
      expect((await live.get(live.beside(list, `main-${sequence}.m4s`))).status).toBe(200);
      expect(live.viewers).toBe(1);
    }
    expect(live.sessions).toHaveLength(1);
    await live.send(58_000);
    expect(live.viewers).toBe(0);
    expect((await live.get(list)).status).toBe(200);
    await live.send(62_000);
    expect((await live.get(list)).status).toBe(404);
  });
});

describe('C-HLS-27 the part that was announced', () => {
  test('C-HLS-27 is the only one that is waited for', async () => {
    const { live, list } = await watched();
    const status = async (name: string): Promise<number | undefined> =>
      (await live.held(live.beside(list, name))).is?.status;
    expect(await status('main-3.2.m4s')).toBeUndefined();
    for (const name of ['main-3.3.m4s', 'main-4.0.m4s', 'main-2.5.m4s'])
      expect([name, await status(name)]).toEqual([name, 404]);
  });

  test('C-HLS-27 comes for all at once, whole, with the bytes that it has from then on, all through a stream', async () => {
    const { live, list } = await watched();
    const joined = new Map<string, Uint8Array[]>();
    for (let turn = 0; turn < 40; turn++) {
      const [hint] = playlistOf(await live.get(list)).hints;
      const [, segment] = /^(main-\d+)\.\d+\.m4s$/.exec(hint!.uri)!;
      const early = [];
      for (const agent of ['a', 'b', 'c'])
        early.push(await live.held(live.beside(list, hint!.uri), { 'user-agent': agent }));
      // All but the last picture of it.
      let sent = 0;
      for (; sent < 440 && !early[0]!.is; sent += 40) {
        expect(early.map(({ is }) => is)).toEqual([undefined, undefined, undefined]);
        await live.send(40);
      }
      const [first, ...others] = early.map(({ is }) => is!);
      expect([first!.status, first!.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
      for (const other of [...others, await live.get(live.beside(list, hint!.uri))])
        expect(Buffer.compare(other.bytes, first!.bytes)).toBe(0);
      joined.set(segment!, [...(joined.get(segment!) ?? []), first!.bytes]);
    }
    const whole = [...joined].slice(1, -1);
    expect(whole.length).toBeGreaterThan(5);
    for (const [name, parts] of whole) {
      const { bytes } = await live.get(live.beside(list, `${name}.m4s`));
      expect(Buffer.compare(Buffer.concat(parts), bytes)).toBe(0);
    }
  });

  test('C-HLS-27 may be the first of the next publisher, where the last is lost', async () => {
    const { live, list } = await watched();
    const before = await live.held(live.beside(list, 'main-3.2.m4s'));
    live.by.publisher.end('lost');
    await live.pass(SECOND);
    expect(before.is).toBeUndefined();
    await live.publish(40);
    await live.send(400);
    // What was left of the segment is the part; the next one waits for a key frame.
    expect(before.is!.status).toBe(200);
    const [hint] = playlistOf(await live.get(list)).hints;
    expect(hint!.uri).toBe('main-4.0.m4s');
    const held = await live.held(live.beside(list, 'main-4.0.m4s'));
    for (const name of ['main-4.1.m4s', 'main-5.0.m4s', 'main-3.3.m4s'])
      expect([name, (await live.get(live.beside(list, name))).status]).toEqual([name, 404]);
    expect(held.is).toBeUndefined();
    await live.send(2200);
    expect(held.is!.status).toBe(200);
  });

  test('C-HLS-27 is not found when the stream ends without it', async () => {
    const { live, list } = await watched();
    const [hint] = playlistOf(await live.get(list)).hints;
    live.by.publisher.end('ended');
    await live.pass(1);
    const last = playlistOf(await live.get(list)).segments.at(-1)!;
    expect(last.parts.map(({ uri }) => uri)).toContain(hint!.uri);
    for (const name of ['main-3.3.m4s', 'main-4.0.m4s'])
      expect([name, (await live.get(live.beside(list, name))).status]).toEqual([name, 404]);
  });
});

describe('a server that stops', () => {
  test('answers those who wait, and leaves no timer behind', async () => {
    const { live, list } = await watched();
    const waits = [
      await live.held(`${list}?_HLS_msn=3&_HLS_part=4`),
      await live.held(live.beside(list, 'main-3.2.m4s')),
    ];
    const { pending } = live.stage.scheduler;
    await live.hls.close();
    await settle();
    expect(waits.map(({ is }) => is?.status)).toEqual([200, 200]);
    // That of those who wait, and that which looks after who is gone.
    expect(live.stage.scheduler.pending).toBe(pending - 2);
  });
});
