import { describe, expect, test } from 'vitest';
import { command, say } from '../../../test/conformance/rtmp/talk.ts';
import { stage, type Visitor } from '../../../test/conformance/rtmp/visitor.ts';
import { codecSamples, frameOf, sample } from '../../containers/contract-samples.ts';
import { encodeAmf0 } from '../../containers/amf/index.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { fromMs } from '../../media/time.ts';
import { messageType } from './message.ts';

const hevc = codecSamples.find(({ track }) => track.codec === 'h265')!;
const MISSED = 'NetStream.Play.NoSupportedTrackFound';

/** A key picture of H.265. */
const picture = (ms: number, track: Track = hevc.track): Frame => ({
  track,
  dts: fromMs(ms),
  pts: fromMs(ms),
  key: true,
  data: hevc.key,
});
const sound = (ms: number): Frame => frameOf(sample.audio, { ms });

/** What a player was told of tracks that it goes without, and whether it was ended. */
function told({ talk, fin }: Visitor): { missed: number; failed: boolean; fin: boolean } {
  const { codes } = talk;
  return {
    missed: codes.filter((code) => code === MISSED).length,
    failed: codes.includes('NetStream.Play.Failed'),
    fin,
  };
}

const without = (visitor: Visitor): string =>
  visitor.talk.commands.find(({ code }) => code === MISSED)?.description ?? '';

describe('a player that cannot read a track', () => {
  test('is told so once, however often that one changes', async () => {
    const { stage: live, visit } = stage();
    const publisher = await live.publish();
    const player = visit('192.0.2.1');
    await player.ask('play', 'a');
    await publisher.write(picture(0), sound(0));
    for (let i = 1; i <= 5; i++) {
      const color = { config: { bitDepth: 10, primaries: i } };
      await publisher.write(picture(i * 40, { ...hevc.track, color }), sound(i * 40));
    }
    expect(told(player)).toEqual({ missed: 1, failed: false, fin: false });
    expect(without(player)).toBe('codec-unsupported: The stream has H.265, which the player did not announce.');
    expect(player.talk.of(8).length).toBeGreaterThan(5);
  });

  test('is told again when it plays again', async () => {
    const { stage: live, visit } = stage();
    const publisher = await live.publish();
    await publisher.write(picture(0), sound(0));
    const player = visit('192.0.2.1');
    await player.ask('play', 'a');
    expect(told(player).missed).toBe(1);
    await player.send(command('closeStream', 0, null), command('play', 4, null, 'a'));
    expect(told(player)).toEqual({ missed: 2, failed: false, fin: false });
  });

  test('is not ended before the stream is live and all its tracks are known', async () => {
    const { stage: live, visit } = stage();
    const publisher = await live.publish();
    await publisher.write(picture(0));
    expect(live.hub.stream('live/a')!.state).toBe('starting');
    const player = visit('192.0.2.1');
    await player.ask('play', 'a');
    expect(told(player)).toEqual({ missed: 0, failed: false, fin: false });
    await publisher.write(sound(0), picture(40), sound(40));
    expect(told(player)).toEqual({ missed: 1, failed: false, fin: false });
    expect(player.talk.of(8).length).toBeGreaterThan(1);
  });

  test('is ended when the stream is live and there is nothing else in it', async () => {
    const { stage: live, visit } = stage();
    const publisher = await live.publish();
    await publisher.write(picture(0));
    const player = visit('192.0.2.1');
    await player.ask('play', 'a');
    live.scheduler.advance(fromMs(1001));
    await publisher.write(picture(1040));
    expect(told(player)).toEqual({ missed: 0, failed: true, fin: true });
  });

  test('is judged by the publisher that comes back, not by the one that was lost', async () => {
    const { stage: live, visit } = stage();
    const first = await live.publish();
    const early = visit('192.0.2.1');
    await early.ask('play', 'a');
    await first.write(picture(0), sound(0));
    first.publisher.end('lost');
    const late = visit('192.0.2.1');
    await late.ask('play', 'a');
    expect([told(early).missed, told(late).missed]).toEqual([1, 0]);
    const second = await live.publish();
    await second.write(picture(0), sound(0), picture(40), sound(40));
    const stays = { missed: 1, failed: false, fin: false };
    expect([told(early), told(late)]).toEqual([stays, stays]);
  });

  test('of which too many others keep it says that, and not that it did not announce the codec', async () => {
    const { stage: live, visit } = stage();
    const publisher = await live.publish();
    await publisher.write(picture(0), sound(0));
    const others = ['av01', 'vp09', 'vp08', 'Opus', 'fLaC'];
    for (let bits = 1; bits <= 16; bits++) {
      const fourCcList = others.filter((_name, index) => (bits >> index) & 1);
      await visit('192.0.2.1').ask('play', 'a', { fourCcList });
    }
    const player = visit('192.0.2.1');
    await player.ask('play', 'a', { fourCcList: ['hvc1'] });
    expect(told(player)).toEqual({ missed: 1, failed: false, fin: false });
    expect(without(player)).toMatch(/^busy: The stream has H\.265, which too many players/);
  });
});

describe('a publisher', () => {
  const metadata = (facts: Record<string, string>): Uint8Array =>
    say(messageType.data, encodeAmf0('@setDataFrame', 'onMetaData', facts));

  test('is called what its metadata says', async () => {
    const { stage: live, visit } = stage();
    const encoder = visit('192.0.2.1');
    await encoder.ask('publish', 'a', { flashVer: 'FMLE/3.0 (compatible; FMSc/1.0)' });
    const [session] = live.hub.sessionsOf('live/a');
    expect(session?.toJSON().agent).toBe('FMLE/3.0 (compatible; FMSc/1.0)');
    await encoder.send(metadata({ encoder: 'obs-output module (libobs version 31.0.1)' }));
    expect(session?.toJSON().agent).toBe('obs-output module (libobs version 31.0.1)');
    await encoder.send(metadata({ encoder: 'x'.repeat(300) }), metadata({ encoder: '', title: 'a' }));
    expect(session?.toJSON().agent).toBe('x'.repeat(200));
  });

  test('that sends what cannot be carried is told of by kind, to those who watch the stream', async () => {
    const { stage: live, visit } = stage();
    const left: string[] = [];
    const encoder = visit('192.0.2.1');
    await encoder.ask('publish', 'a');
    const watcher = {
      begin: () => {},
      see: () => {},
      leaveOut: (kind: string, codec: string) => left.push(`${kind} ${codec}`),
    };
    live.hub.stream('live/a')!.watch(watcher);
    const speex = say(messageType.audio, Uint8Array.of(0xb2, 0, 1, 2));
    await encoder.send(speex, speex, say(messageType.video, Uint8Array.of(0x22, 0, 1, 2)));
    expect(left).toEqual(['audio Speex', 'video Sorenson H.263']);
  });
});
