import { describe, expect, test } from 'vitest';
import { garbageCollected } from '../../test/garbage.ts';
import { LiveStage } from '../../test/live-stage.ts';
import { audioTrack, film, frame, videoTrack } from '../../test/media.ts';
import { settle } from '../../test/virtual-scheduler.ts';
import { WordMuxer } from '../../test/word-muxer.ts';
import { Denied } from '../errors.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import type { Grant } from './access.ts';

const video = videoTrack();
const audio = audioTrack();

describe('the gate', () => {
  test('is asked in turn until somebody grants', async () => {
    const asked: string[] = [];
    const stage = new LiveStage({ gate: () => void asked.push('first') });
    stage.hub.authorize(async () => {
      asked.push('second');
      return { keyId: 'K' };
    });
    stage.hub.authorize(() => {
      asked.push('third');
      return {};
    });
    const { publisher } = await stage.publish();
    expect(asked).toEqual(['first', 'second']);
    expect(publisher.session.grant.keyId).toBe('K');
  });

  test('a path that nobody grants is unknown', async () => {
    const stage = new LiveStage({ gate: () => undefined });
    expect(await stage.refusal(stage.play())).toBe('not-found');
    expect(await stage.refusal(stage.publish())).toBe('not-found');
  });

  test('a refusal goes out with its own code, and leaves nothing behind', async () => {
    const stage = new LiveStage({
      gate: () => {
        throw new Denied('wrong-key');
      },
    });
    expect(await stage.refusal(stage.publish())).toBe('wrong-key');
    expect(stage.told).toEqual(['refused publish wrong-key']);
    expect([...stage.hub.streams()]).toEqual([]);
    expect(stage.hub.sessions.size).toBe(0);
  });

  test('is confirmed by others once it has granted, who refuse and grant nothing', async () => {
    const asked: string[] = [];
    let verdict = Promise.resolve();
    const stage = new LiveStage({ gate: ({ path }) => (asked.push('gate'), path === 'live/a' ? {} : undefined) });
    stage.hub.confirm(({ action }) => (asked.push(action), verdict));
    expect(await stage.refusal(stage.play({ path: 'live/unknown' }))).toBe('not-found');
    expect(asked.splice(0)).toEqual(['gate']);
    await stage.play();
    // What the gate knew may be old by the time that the others have answered.
    expect(asked.splice(0)).toEqual(['gate', 'play', 'gate']);
    verdict = Promise.reject(new Denied());
    verdict.catch(() => {});
    expect(await stage.refusal(stage.publish())).toBe('denied');
    expect(asked.splice(0)).toEqual(['gate', 'publish']);
    await stage.hub.recheck(() => true);
    expect([asked, stage.hub.sessions.size]).toEqual([['gate'], 1]);
  });

  test('is not asked again where nobody else has a say', async () => {
    let asked = 0;
    const stage = new LiveStage({ gate: () => (asked++, {}) });
    stage.hub.confirm(() => undefined);
    await stage.play();
    expect(asked).toBe(1);
  });

  test('what a gate throws that is no error of the list is an internal one', async () => {
    const stage = new LiveStage({
      gate: () => {
        throw new TypeError('undefined is not a function');
      },
    });
    expect(await stage.refusal(stage.publish())).toBe('internal');
  });

  test.each([
    '',
    '/',
    'a//b',
    '../x',
    'live/a/b',
    'live',
    'api/x',
    'a/b/c/d/e',
    'live/ü',
    'live/a\n',
    `live/${'a'.repeat(65)}`,
  ])('the path %j is refused before anybody is asked', async (path) => {
    let asked = 0;
    const stage = new LiveStage({ gate: () => ((asked += 1), {}) });
    expect(await stage.refusal(stage.play({ path }))).toBe('bad-path');
    expect(await stage.refusal(stage.publish({ path }))).toBe('bad-path');
    expect(asked).toBe(0);
  });

  test('may name the path itself, where the peer came with a key alone', async () => {
    const stage = new LiveStage({ gate: (access) => ({ path: 'live/lobby', keyId: access.path }) });
    const { publisher } = await stage.publish({ path: 'live/rk_secret' });
    expect(publisher.path).toBe('live/lobby');
    expect(stage.told).toEqual(['start publish live/lobby']);
  });

  test('a room takes as many viewers as its grant says', async () => {
    const stage = new LiveStage({ gate: () => ({ maxViewers: 2 }) });
    const first = await stage.play();
    await stage.play();
    expect(await stage.refusal(stage.play())).toBe('busy');
    first.leave();
    expect(await stage.refusal(stage.play())).toBe('admitted');
  });

  test('the server takes as many sessions as its option says', async () => {
    const stage = new LiveStage({ maxSessions: 2 });
    await stage.play();
    await stage.publish();
    expect(await stage.refusal(stage.play())).toBe('busy');
  });

  test('what was true when it was asked and is not when it answers does not let anyone in', async () => {
    let open: (grant: Grant) => void = () => {};
    const stage = new LiveStage({ gate: () => new Promise((resolve) => (open = resolve)) });
    const request = stage.refusal(stage.play());
    await settle();
    stage.hub.close();
    open({});
    expect(await request).toBe('shutting-down');
    expect(stage.hub.sessions.size).toBe(0);
  });
});

describe('kick', () => {
  test('closes a viewer at once and refuses it for a minute, and nobody else', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play({ agent: 'vlc' });
    expect(stage.hub.kick(viewer.subscription.session.id)).toBe(true);
    expect(viewer.closed).toEqual({ reason: 'kicked', code: 'kicked' });
    expect(await stage.refusal(stage.play({ agent: 'vlc' }))).toBe('kicked');
    expect(await stage.refusal(stage.play({ agent: 'mpv' }))).toBe('admitted');
    stage.scheduler.advance(60 * SECOND - 1);
    expect(await stage.refusal(stage.play({ agent: 'vlc' }))).toBe('kicked');
    stage.scheduler.advance(1);
    expect(await stage.refusal(stage.play({ agent: 'vlc' }))).toBe('admitted');
  });

  test('of a publisher ends the broadcast without grace and refuses its key for a minute', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 1000, video, audio }) });
    stage.hub.kick(camera.session.id);
    expect(camera.closed).toEqual({ reason: 'kicked', code: 'kicked' });
    expect(viewer.ended).toBe('ended');
    expect(stage.hub.stream('live/a')).toMatchObject({ state: 'ended', reason: 'kicked' });
    expect(await stage.refusal(stage.publish())).toBe('kicked');
  });

  test('of a publisher whose twin waits to take over lets the twin not go on instead', async () => {
    const stage = new LiveStage();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 1000, video, audio }) });
    const twin = await stage.publish();
    stage.hub.kick(camera.session.id);
    await stage.run({ by: twin, frames: film({ ms: 1000, video, audio }) });
    expect(stage.hub.stream('live/a')?.active ?? false).toBe(false);
    expect(twin.closed?.reason).toBe('kicked');
  });

  test('of somebody who is not there says so', () => {
    expect(new LiveStage().hub.kick('nobody')).toBe(false);
  });
});

describe('revocation', () => {
  test('closes those who match and lets them come back', async () => {
    const stage = new LiveStage();
    const [a, b] = [await stage.publish({ path: 'live/a' }), await stage.publish({ path: 'live/b' })];
    stage.hub.revoke((session) => session.path === 'live/a', new Denied('wrong-key'));
    expect(a.closed).toEqual({ reason: 'revoked', code: 'wrong-key' });
    expect(b.closed).toBeUndefined();
    expect(await stage.refusal(stage.publish())).toBe('admitted');
  });

  test('asks the gate again for everybody on a path', async () => {
    const banned = new Set<string>();
    const stage = new LiveStage({
      gate: ({ remote }) => {
        if (banned.has(remote.address)) throw new Denied();
        return {};
      },
    });
    const [a, b] = [await stage.play({ address: '192.0.2.1' }), await stage.play({ address: '192.0.2.2' })];
    banned.add('192.0.2.1');
    await stage.hub.recheck(() => true);
    expect(a.closed).toEqual({ reason: 'revoked', code: 'denied' });
    expect(b.closed).toBeUndefined();
  });

  test('asks the gate again for some, and closes who is not any more who they were', async () => {
    let signedIn = true;
    const ada = { id: 'u_ada', kind: 'account', admin: false } as const;
    const stage = new LiveStage({
      gate: ({ remote }) => (signedIn && remote.address === '192.0.2.1' ? { identity: ada } : {}),
    });
    const [a, b] = [await stage.play({ address: '192.0.2.1' }), await stage.play({ address: '192.0.2.2' })];
    signedIn = false;
    await stage.hub.recheck(({ grant }) => grant.identity === undefined);
    expect([a.closed, b.closed]).toEqual([undefined, undefined]);
    await stage.hub.recheck(({ grant }) => grant.identity !== undefined);
    expect([a.closed, b.closed]).toEqual([{ reason: 'revoked', code: 'sign-in' }, undefined]);
  });

  test('closes nobody for the server being full, or for another one’s kick', async () => {
    const stage = new LiveStage({ maxSessions: 3 });
    const twins = [
      await stage.play({ agent: 'vlc' }),
      await stage.play({ agent: 'vlc' }),
      await stage.play({ agent: 'mpv' }),
    ];
    await stage.hub.recheck(() => true);
    expect(twins.map(({ closed }) => closed)).toEqual([undefined, undefined, undefined]);
    stage.hub.kick(twins[0]!.subscription.session.id);
    await stage.hub.recheck(() => true);
    expect(twins[1]!.closed).toBeUndefined();
  });
});

describe('sessions and events', () => {
  test('every session is told when it starts and ends, with the reason, once', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const camera = await stage.publish();
    viewer.leave();
    viewer.leave();
    camera.publisher.end('ended');
    camera.publisher.end('lost');
    expect(stage.told.filter((line) => /^(?:start|end)/.test(line))).toEqual([
      'start play live/a',
      'start publish live/a',
      'end play live/a ended',
      'end publish live/a ended',
    ]);
    expect(stage.hub.sessions.size).toBe(0);
  });

  test('viewers are counted per path', async () => {
    const stage = new LiveStage();
    const counts: string[] = [];
    stage.hub.events.on('viewers', ({ path, viewers }) => counts.push(`${path} ${viewers}`));
    const a = await stage.play();
    await stage.play();
    await stage.play({ path: 'live/b' });
    a.leave();
    expect(counts).toEqual(['live/a 1', 'live/a 2', 'live/b 1', 'live/a 1']);
    expect(stage.hub.viewers('live/a')).toBe(1);
    expect(stage.hub.viewers('live/c')).toBe(0);
  });

  test('a listener that throws costs nobody anything', async () => {
    const stage = new LiveStage();
    stage.hub.events.on('session-start', () => {
      throw new Error('a fault of the listener');
    });
    await stage.play();
    expect(stage.faults).toHaveLength(1);
    expect(stage.told).toEqual(['start play live/a']);
  });

  test('a session knows how often its viewer skipped', async () => {
    const stage = new LiveStage({ viewerQueue: 1000 });
    const { subscription } = await stage.play();
    subscription.join(
      'other',
      () => new WordMuxer({ full: true }),
      () => {},
    );
    const camera = await stage.publish();
    await stage.run({
      by: camera,
      frames: film({ ms: 8000, video, audio, sizes: { key: 9000, picture: 900, sound: 20 } }),
    });
    expect(subscription.session.skips).toBeGreaterThan(0);
  });

  test('a codec that a format cannot carry is told once per feed', async () => {
    const stage = new LiveStage();
    const told: string[] = [];
    stage.hub.events.on('left-out', ({ feed, track }) => told.push(`${feed} ${track.kind}`));
    const { subscription } = await stage.play();
    subscription.join(
      'silent',
      () => new WordMuxer({ carries: ['video'] }),
      () => {},
    );
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 2000, video, audio }) });
    camera.publisher.announce(videoTrack([8]));
    expect(told).toEqual(['silent audio']);
  });
});

describe('the end', () => {
  test('End stream ends a broadcast at once, also one that waits for its publisher', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 1000, video, audio }) });
    camera.publisher.end('lost');
    expect(stage.hub.end('live/a')).toBe(true);
    expect(viewer.ended).toBe('ended');
    expect(stage.hub.end('live/a')).toBe(false);
    expect(stage.hub.end('live/nothing')).toBe(false);
  });

  test('closing ends everybody in their own words and lets nobody in', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const waiting = await stage.play({ path: 'live/b' });
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 1000, video, audio }) });
    stage.hub.close();
    expect([viewer.closed?.reason, waiting.closed?.reason, camera.closed?.reason]).toEqual([
      'shutdown',
      'shutdown',
      'shutdown',
    ]);
    expect(await stage.refusal(stage.play())).toBe('shutting-down');
    expect(stage.hub.sessions.size).toBe(0);
    stage.scheduler.advance(60 * SECOND);
    expect(stage.scheduler.pending).toBe(0);
  });
});

describe('R-10: somebody comes back right around a timer', () => {
  const timers = [
    { name: 'the end of the grace', after: 15_000, leave: 'lost' },
    { name: 'the wait for tracks', after: 1000, leave: 'lost' },
    { name: 'a clean unpublish', after: 0, leave: 'ended' },
    { name: 'the silence of a second', after: 1000, leave: undefined },
    { name: 'ten seconds since a takeover', after: 10_000, leave: undefined },
  ] as const;

  test.each(timers)(
    '500 times within 50 ms of $name: new viewers get media within two seconds',
    async ({ after, leave }) => {
      for (let run = 0; run < 500; run++) {
        const offset = Math.max(0, after * MILLISECOND + (run - 250) * 200);
        const stage = new LiveStage();
        const old = await stage.play();
        const first = await stage.publish();
        await stage.run({ by: first, frames: film({ ms: 120, video, audio }) });
        if (leave) first.publisher.end(leave);
        stage.scheduler.advance(offset);
        const second = await stage.publish();
        // The encoder needs a moment before its first key frame.
        stage.scheduler.advance(300 * MILLISECOND);
        await second.write(frame(video, 0, { key: true }), frame(audio, 0));
        const late = await stage.play();
        const began = stage.scheduler.now();
        await stage.run({ by: second, frames: film({ ms: 2000, gop: 400, video, audio }).slice(3) });
        expect(late.words[0]).toMatch(/^\[v1/);
        expect(late.times().length).toBeGreaterThan(20);
        expect(late.last - began).toBeLessThanOrEqual(2 * SECOND);
        expect(stage.hub.stream('live/a')?.state).toBe('live');
        // One that was there before the publisher was lost is there as long as the publisher was back in time.
        if (leave === 'lost' && offset < after * MILLISECOND) expect(old.ended).toBeUndefined();
        expect(stage.faults).toEqual([]);
      }
    },
  );
});

describe('names', () => {
  test('10 000 of them, published, watched and kicked, leave nothing behind', async () => {
    const stage = new LiveStage({ grace: 0 });
    const gone: WeakRef<object>[] = [];
    async function once(index: number): Promise<void> {
      const path = `live/n${index}`;
      const camera = await stage.publish({ path, key: `K${index}` });
      const viewer = await stage.play({ path, address: `192.0.2.${index}` });
      camera.publisher.announce(video);
      camera.publisher.announce(audio);
      camera.publisher.write(frame(video, 0, { key: true }));
      gone.push(new WeakRef(camera.publisher), new WeakRef(viewer.subscription), new WeakRef(stage.hub.stream(path)!));
      if (index % 2 === 0) stage.hub.kick(viewer.subscription.session.id);
      else viewer.leave();
      if (index % 3 === 0) stage.hub.kick(camera.session.id);
      else camera.publisher.end(index % 3 === 1 ? 'ended' : 'lost');
      stage.told.length = 0;
      stage.muxer.calls.length = 0;
    }
    for (let i = 0; i < 1000; i++) await once(i);
    stage.scheduler.advance(61 * SECOND);
    gone.length = 0;
    const before = await heap();
    for (let i = 1000; i < 10_000; i++) await once(i);
    stage.scheduler.advance(61 * SECOND);
    await once(10_000);
    await settle();
    expect([...stage.hub.streams()]).toEqual([]);
    expect(stage.hub.sessions.size).toBe(0);
    expect(stage.scheduler.pending).toBe(0);
    await heap();
    expect(gone.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(10);
    gone.length = 0;
    expect((await heap()) - before).toBeLessThan(5e5);
  });

  /** Bytes in use after everything that can be collected was. */
  async function heap(): Promise<number> {
    await garbageCollected();
    return process.memoryUsage().heapUsed;
  }
});
