import { describe, expect, test } from 'vitest';
import type { Track } from '../../../src/media/frame.ts';
import { startServer, type TestServer, until } from '../../servers.ts';
import { player, type Player } from './client.ts';
import { configOf, mediaOf, sample } from './media.ts';
import { SocketPeer } from './socket-peer.ts';
import { say } from './talk.ts';

const kinds = (viewer: Player): string[] => viewer.tracks.filter(({ kind }) => kind !== 'data').map(({ kind }) => kind);
const count = (viewer: Player, kind: Track['kind']): number =>
  viewer.frames.filter(({ track }) => track.kind === kind).length;

async function stage(): Promise<{ at: TestServer; peer: SocketPeer; viewer: Player }> {
  const at = await startServer();
  const peer = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'a');
  const viewer = await player(`${at.rtmp}/live/a`);
  return { at, peer, viewer };
}

describe('C-RTMP-17 tracks', () => {
  test('C-RTMP-17 sound alone', async () => {
    const { peer, viewer } = await stage();
    peer.send(configOf(sample.audio));
    for (let i = 0; i < 10; i++) peer.send(mediaOf(sample.audio, i * 23));
    await until('sound arrives', () => count(viewer, 'audio') >= 10);
    expect(kinds(viewer)).toEqual(['audio']);
  });

  test('C-RTMP-17 pictures alone', async () => {
    const { peer, viewer } = await stage();
    peer.send(configOf(sample.video));
    for (let i = 0; i < 10; i++) peer.send(mediaOf(sample.video, i * 40, { key: i === 0 }));
    await until('pictures arrive', () => count(viewer, 'video') >= 10);
    expect(kinds(viewer)).toEqual(['video']);
  });

  test('C-RTMP-17 sound that comes 5 s late', async () => {
    const { at, peer, viewer } = await stage();
    peer.send(configOf(sample.video));
    for (let i = 0; i < 125; i++) peer.send(mediaOf(sample.video, i * 40, { key: i % 25 === 0 }));
    await until('it is live', () => at.server.hub.stream('live/a')?.state === 'live');
    peer.send(configOf(sample.audio, 5000), mediaOf(sample.audio, 5000), mediaOf(sample.video, 5040));
    await until('sound arrives', () => count(viewer, 'audio') === 1);
    expect(kinds(viewer)).toEqual(['video', 'audio']);
  });

  test('C-RTMP-17 another resolution in the middle', async () => {
    const { peer, viewer } = await stage();
    peer.send(configOf(sample.video), configOf(sample.audio));
    peer.send(mediaOf(sample.video, 0), mediaOf(sample.audio, 5), mediaOf(sample.video, 40, { key: false }));
    peer.send(configOf(sample.video2, 80), mediaOf(sample.video, 80), mediaOf(sample.video, 120, { key: false }));
    await until('pictures arrive', () => count(viewer, 'video') === 4);
    const configs = viewer.frames
      .filter(({ track }) => track.kind === 'video')
      .map(({ track }) => [...track.config].join());
    expect(configs.map((config) => configs.indexOf(config))).toEqual([0, 0, 2, 2]);
    expect([...viewer.frames.findLast(({ track }) => track.kind === 'video')!.track.config]).toEqual([
      ...sample.video2.config,
    ]);
  });

  test('C-RTMP-17 no config at all: nothing is played, and nothing breaks', async () => {
    const { at, peer, viewer } = await stage();
    for (let i = 0; i < 25; i++) peer.send(mediaOf(sample.video, i * 40), mediaOf(sample.audio, i * 40));
    peer.send(configOf(sample.video, 1000), mediaOf(sample.video, 1000));
    peer.send(configOf(sample.audio, 1000), mediaOf(sample.audio, 1010));
    await until('what comes behind the config arrives', () => viewer.frames.length === 2);
    expect(peer.closedAt).toBeUndefined();
    expect(at.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('C-RTMP-17 a codec that is not carried is left out, with one warning', async () => {
    const { at, peer, viewer } = await stage();
    const enhanced = (hex: string): Uint8Array => say(9, Uint8Array.from(Buffer.from(hex, 'hex')), { chunkStream: 6 });
    // Enhanced RTMP: a sequence start and frames of mjpg, one with ModEx, then VP6.
    peer.send(enhanced('906d6a706701'), enhanced('916d6a70670000000102'), enhanced('970201020304016d6a7067'));
    for (let i = 0; i < 20; i++) peer.send(enhanced('916d6a70670000000102'), enhanced('2401020304'));
    peer.send(configOf(sample.audio), mediaOf(sample.audio, 0), mediaOf(sample.audio, 1200));
    await until('sound arrives', () => count(viewer, 'audio') >= 1);
    const warnings = at.log.filter(({ level, fields }) => level === 'warn' && fields['code'] === 'codec-unsupported');
    const codecs = warnings.map(({ fields }) => fields['codec']);
    expect(new Set(codecs).size).toBe(codecs.length);
    expect(codecs.length).toBeGreaterThanOrEqual(2);
    expect(warnings.every(({ fields }) => fields['path'] === 'live/a')).toBe(true);
  });
});
