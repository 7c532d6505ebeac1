import { describe, expect, test } from 'vitest';
import { drain, FeedStage } from '../../test/feed-stage.ts';
import { audioTrack, dataTrack, film, frame, videoTrack } from '../../test/media.ts';
import { WordMuxer } from '../../test/word-muxer.ts';
import type { Track } from '../media/frame.ts';
import type { Cursor } from './cursor.ts';

const video = videoTrack();
const audio = audioTrack();
const changed = videoTrack([2]);
const otherSound = audioTrack([3]);

/** A feed in a container that says everything of its tracks in its header. */
const started = (...tracks: Track[]): FeedStage => {
  const stage = new FeedStage({ muxer: new WordMuxer({ full: true, inline: false }) });
  stage.update(...tracks);
  return stage;
};

/** All that a viewer gets, and whether that is the end. */
const outcome = (cursor: Cursor): { words: string[]; ended: string | undefined } => {
  const words = drain(cursor);
  return { words, ended: cursor.ended };
};

describe('where nothing can be told of tracks but in the header', () => {
  test.each<{ name: string; before: Track[]; after: Track[]; header: string }>([
    {
      name: 'the picture’s configuration changes',
      before: [video, audio],
      after: [changed, audio],
      header: '[v2 a17]',
    },
    {
      name: 'the sound’s configuration changes',
      before: [video, audio],
      after: [video, otherSound],
      header: '[v1 a3]',
    },
    { name: 'a track comes late', before: [video], after: [video, audio], header: '[v1 a17]' },
    { name: 'a track is no longer there', before: [video, audio], after: [video], header: '[v1]' },
    {
      name: 'another track takes a track’s place',
      before: [video, audio],
      after: [{ ...changed, id: 9 }, audio],
      header: '[v2 a17]',
    },
  ])('a viewer’s bytes end when $name, and who joins anew gets what holds now', async ({ before, after, header }) => {
    const stage = started(...before);
    const viewer = stage.feed.join(() => {});
    await stage.write([frame(video, 0, { key: true })]);
    expect(drain(viewer)).toHaveLength(2);
    await stage.write([frame(video, 40)]);
    stage.update(...after);
    const picture = after[0]!;
    await stage.write([frame(picture, 80, { key: true }), frame(picture, 120)]);
    expect(outcome(viewer)).toEqual({ words: ['P40'], ended: 'ended' });
    await stage.write([frame(picture, 160)]);
    expect(outcome(viewer)).toEqual({ words: [], ended: 'ended' });
    expect(outcome(stage.feed.join(() => {}))).toEqual({ words: [header, 'K80', 'P120', 'P160'], ended: undefined });
    expect(stage.muxer.calls.filter((call) => call.startsWith('+'))).toEqual([]);
  });

  test('what was gathered before the change is still sent, and a slow viewer gets all of it', async () => {
    const stage = started(video, audio);
    const slow = stage.feed.join(() => {});
    await stage.write([frame(video, 0, { key: true }), frame(audio, 20)]);
    stage.update(changed, audio);
    await stage.write([frame(changed, 40, { key: true })]);
    expect(slow.ended).toBeUndefined();
    expect(outcome(slow)).toEqual({ words: ['[v1 a17]', 'K0', 'A20'], ended: 'ended' });
  });

  test('a change is told to those who wait for bytes, too', async () => {
    const stage = started(video, audio);
    const seen: (string | undefined)[] = [];
    const viewer: Cursor = stage.feed.join(() => {
      drain(viewer);
      seen.push(viewer.ended);
    });
    await stage.write([frame(video, 0, { key: true })]);
    stage.update(changed, audio);
    await stage.write([frame(changed, 40, { key: true })]);
    expect(seen).toEqual([undefined, 'ended']);
  });

  test('a viewer who is sent away holds nothing back in the ring', async () => {
    const stage = started(video);
    const viewer = stage.feed.join(() => {});
    await stage.write([frame(video, 0, { key: true })]);
    drain(viewer);
    stage.update(changed);
    await stage.write([frame(changed, 40, { key: true })]);
    expect(outcome(viewer)).toEqual({ words: [], ended: 'ended' });
    await stage.write(film({ ms: 4000, from: 1000, video: changed }));
    await stage.write(film({ ms: 1000, from: 5000, video: changed }));
    expect([viewer.queued, viewer.position]).toEqual([0, undefined]);
    expect(drain(stage.feed.join(() => {}))[1]).toBe('K5000');
  });

  test('a viewer who skips over the change is sent away where it lands', async () => {
    const stage = new FeedStage({ muxer: new WordMuxer({ full: true, inline: false }), viewerQueue: 1000 });
    stage.update(video);
    const slow = stage.feed.join(() => {});
    await stage.write([frame(video, 0, { key: true }), frame(video, 40, { size: 400 })]);
    expect(drain(slow)).toEqual(['[v1]', 'K0', 'P40']);
    await stage.write(film({ ms: 200, from: 80, video, sizes: { key: 400, picture: 400, sound: 0 } }));
    stage.update(changed);
    await stage.write(film({ ms: 4000, from: 2000, video: changed }));
    expect(slow.skips).toBeGreaterThan(0);
    expect(outcome(slow)).toEqual({ words: [], ended: 'ended' });
  });

  test('tracks that the container does not carry come, change and go without a word', async () => {
    const stage = started(video, audio);
    const viewer = stage.feed.join(() => {});
    await stage.write([frame(video, 0, { key: true })]);
    for (const tracks of [[dataTrack()], [dataTrack([1])], []]) {
      stage.update(video, audio, ...tracks);
      await stage.write([frame(video, stage.scheduler.now() / 1000 + 40)]);
    }
    expect(outcome(viewer)).toEqual({ words: ['[v1 a17]', 'K0', 'P40', 'P80', 'P120'], ended: undefined });
  });

  test('data comes late, changes and goes, and nobody is sent away: no header names it', async () => {
    const muxer = new WordMuxer({ full: true, inline: false, carries: ['video', 'audio', 'data'] });
    const stage = new FeedStage({ muxer });
    stage.update(video, audio);
    const viewer = stage.feed.join(() => {});
    await stage.write([frame(video, 0, { key: true })]);
    expect(drain(viewer)).toEqual(['[v1 a17]', 'K0']);
    const [data, other] = [dataTrack(), dataTrack([1])];
    stage.update(video, audio, data);
    await stage.write([frame(data, 20), frame(video, 40)]);
    stage.update(video, audio, other);
    await stage.write([frame(other, 60), frame(video, 80)]);
    expect(outcome(viewer)).toEqual({ words: ['D20', 'P40', 'D60', 'P80'], ended: undefined });
    const joiner = stage.feed.join(() => {});
    expect(drain(joiner).slice(1)).toEqual(['K0', 'D20', 'P40', 'D60', 'P80']);
    stage.update(video, audio);
    await stage.write([frame(video, 120)]);
    for (const each of [viewer, joiner]) expect(outcome(each)).toEqual({ words: ['P120'], ended: undefined });
    stage.update(changed, audio);
    await stage.write([frame(changed, 160, { key: true })]);
    for (const each of [viewer, joiner]) expect(outcome(each)).toEqual({ words: [], ended: 'ended' });
  });

  test('a viewer who joins a GOP in which a track appeared has it in the header, and stays', async () => {
    const stage = started(video);
    await stage.write([frame(video, 0, { key: true })]);
    stage.update(video, audio);
    await stage.write([frame(audio, 20), frame(video, 40)]);
    const joiner = stage.feed.join(() => {});
    expect(drain(joiner)).toEqual(['[v1 a17]', 'K0', 'A20', 'P40']);
    await stage.write([frame(video, 80, { key: true })]);
    expect(outcome(joiner)).toEqual({ words: ['K80'], ended: undefined });
    stage.update(video, otherSound);
    await stage.write([frame(otherSound, 100), frame(video, 120)]);
    expect(outcome(joiner)).toEqual({ words: [], ended: 'ended' });
  });

  test('a viewer who joins a GOP in which a configuration changed waits for the next, and is not sent away at once', async () => {
    const stage = started(video, audio);
    await stage.write([frame(video, 0, { key: true }), frame(audio, 20)]);
    stage.update(video, otherSound);
    await stage.write([frame(otherSound, 40), frame(video, 60)]);
    const joiner = stage.feed.join(() => {});
    expect(outcome(joiner)).toEqual({ words: [], ended: undefined });
    await stage.write([frame(video, 1000, { key: true }), frame(otherSound, 1020), frame(video, 1040)]);
    expect(outcome(joiner)).toEqual({ words: ['[v1 a3]', 'K1000', 'A1020', 'P1040'], ended: undefined });
  });
});
