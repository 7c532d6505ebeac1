import { describe, expect, test } from 'vitest';
import { type AmfValue, decodeAmf0 } from '../../../src/containers/amf/index.ts';
import { FlvDemuxer } from '../../../src/containers/flv/index.ts';
import type { Frame } from '../../../src/media/frame.ts';
import { startServer, type TestServer, until } from '../../servers.ts';
import { player } from './client.ts';
import { configOf, mediaOf, sample } from './media.ts';
import { SocketPeer } from './socket-peer.ts';

/** A publisher with a GOP of 1 s, 25 pictures a second. */
async function live(at: TestServer, cts: readonly number[] = [0]): Promise<SocketPeer> {
  const peer = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'a');
  peer.send(configOf(sample.video), configOf(sample.audio), mediaOf(sample.audio, 0));
  for (let i = 0; i < 60; i++)
    peer.send(mediaOf(sample.video, i * 40, { key: i % 25 === 0, cts: cts[i % cts.length]! }));
  await until('it is live', () => at.server.hub.stream('live/a')?.state === 'live');
  return peer;
}

const pictures = (frames: readonly Frame[]): Frame[] => frames.filter(({ track }) => track.kind === 'video');

/** What HTTP-FLV gives a joiner, up to so many pictures. */
async function overHttp(at: TestServer, count: number): Promise<Frame[]> {
  const demuxer = new FlvDemuxer();
  const response = await fetch(`${at.http}/live/a.flv`);
  const frames: Frame[] = [];
  for await (const bytes of response.body!) {
    for (const event of demuxer.push(bytes as Uint8Array)) if (event.type === 'frame') frames.push(event.frame);
    if (pictures(frames).length >= count) break;
  }
  return frames;
}

describe('a joiner', () => {
  test('C-FLV-03 C-FLV-06 gets the metadata, then the sequence headers, then a key frame', async () => {
    const at = await startServer();
    await live(at);
    for (let i = 0; i < 2; i++) {
      const viewer = await SocketPeer.begun(at.server.rtmp.port, 'play', 'a');
      await until('pictures arrive', () => viewer.talk.of(9).length > 2);
      const media = viewer.talk.messages.filter(({ type, body }) => type === 8 || type === 9 || body[0] === 2);
      const first = media.slice(media.findIndex(({ body }) => String.fromCharCode(...body).includes('onMetaData')));
      expect(
        first.slice(0, 4).map(({ type, body }) => [type, type === 18 ? 0 : body[0], type === 18 ? 0 : body[1]]),
      ).toEqual([
        [18, 0, 0],
        [9, 0x17, 0],
        [8, 0xaf, 0],
        [9, 0x17, 1],
      ]);
      const [name, values] = decodeAmf0(first[0]!.body) as [string, Record<string, AmfValue>];
      expect([name, first[0]!.body[13]]).toEqual(['onMetaData', 8]); // an ECMA array
      expect(values).toMatchObject({ videocodecid: 7, audiocodecid: 10 });
    }
  });

  test('C-FLV-07 starts at the newest key frame on the clock of the stream, over RTMP as over HTTP-FLV', async () => {
    const at = await startServer();
    await live(at);
    const viewer = await player(`${at.rtmp}/live/a`);
    await until('the GOP arrives', () => pictures(viewer.frames).length >= 10);
    const times = (frames: readonly Frame[]): number[] => pictures(frames).map(({ dts }) => dts / 1000);
    expect(times(viewer.frames).slice(0, 3)).toEqual([2000, 2040, 2080]);
    expect(viewer.frames[0]!.key).toBe(true);
    expect(times(await overHttp(at, 10))).toEqual(times(viewer.frames).slice(0, 10));
  });

  test('C-FLV-05 gets composition times with their sign', async () => {
    const at = await startServer();
    await live(at, [80, 0, -34, -8000]);
    const viewer = await player(`${at.rtmp}/live/a`);
    await until('the GOP arrives', () => pictures(viewer.frames).length === 10);
    const composed = pictures(viewer.frames).map(({ pts, dts }) => (pts - dts) / 1000);
    expect(composed.slice(0, 5)).toEqual([-34, -8000, 80, 0, -34].map((cts, index, all) => all[index] ?? cts));
  });
});

describe('times of a publisher', () => {
  test('C-FLV-04 that begin below 0 begin the stream at 0 and keep their distances', async () => {
    const at = await startServer();
    const peer = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'a');
    const viewer = await player(`${at.rtmp}/live/a`);
    peer.send(configOf(sample.video), configOf(sample.audio));
    for (const time of [-80, -40, 0, 40])
      peer.send(mediaOf(sample.video, time >>> 0), mediaOf(sample.audio, time >>> 0));
    await until('all arrive', () => pictures(viewer.frames).length === 4);
    expect(pictures(viewer.frames).map(({ dts }) => dts / 1000)).toEqual([0, 40, 80, 120]);
    expect(peer.closedAt).toBeUndefined();
  });
});
