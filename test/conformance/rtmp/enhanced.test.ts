import { describe, expect, test } from 'vitest';
import { amfObject, type AmfValue, decodeAmf0, encodeAmf0 } from '../../../src/containers/amf/index.ts';
import { type CodecSample, codecSamples, frameOf, sample } from '../../../src/containers/contract-samples.ts';
import { flvBody, flvConfigBody, FlvDemuxer } from '../../../src/containers/flv/index.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { fromHex } from '../../../src/media/bytes/hex.ts';
import { describeTrack } from '../../../src/media/codec/table.ts';
import { fromMs } from '../../../src/media/time.ts';
import { startServer, type TestServer, until } from '../../servers.ts';
import { player, publisher } from './client.ts';
import { configOf, mediaOf } from './media.ts';
import { SocketPeer } from './socket-peer.ts';
import { say } from './talk.ts';

const ALL = { fourCcList: ['*'] };
const hevc = codecSamples.find(({ track }) => track.codec === 'h265')!;
const opus = codecSamples.find(({ track }) => track.codec === 'opus')!;

/** A message of an enhanced body, in hexadecimal. */
const enhanced = (kind: 'video' | 'audio', hex: string, timestamp = 0): Uint8Array =>
  say(kind === 'video' ? 9 : 8, fromHex(hex), { chunkStream: kind === 'video' ? 6 : 4, timestamp });

function bodyOf({ track, key, next }: CodecSample, index: number): Uint8Array {
  const dts = fromMs(index * 40);
  const isKey = track.kind === 'audio' || index % 25 === 0;
  return flvBody({ track, dts, pts: dts, key: isKey, data: isKey ? key : next });
}

/** Config and 50 frames of a codec, with AAC or H.264 beside it, as a publisher sends them. */
function film(of: CodecSample): Uint8Array[] {
  const type = of.track.kind === 'video' ? 9 : 8;
  const other = of.track.kind === 'video' ? sample.audio : sample.video;
  const config = flvConfigBody(of.track);
  const parts = [configOf(other), ...(config ? [say(type, config, { chunkStream: 5 })] : [])];
  for (let i = 0; i < 50; i++) {
    const pair = [
      say(type, bodyOf(of, i), { chunkStream: 5, timestamp: i * 40 }),
      mediaOf(other, i * 40, { key: other.kind === 'audio' || i % 25 === 0 }),
    ];
    // A picture comes first: what is before it is played to nobody.
    parts.push(...(other.kind === 'video' ? pair.toReversed() : pair));
  }
  return parts;
}

async function stage(): Promise<{ at: TestServer; peer: SocketPeer }> {
  const at = await startServer();
  return { at, peer: await SocketPeer.begun(at.server.rtmp.port, 'publish', 'a') };
}

async function announcing(at: TestServer, offer: Record<string, AmfValue>): Promise<SocketPeer> {
  return SocketPeer.begun(at.server.rtmp.port, 'play', 'a', offer);
}

/** What the answer to every connect says. */
const PLAIN_ANSWER = {
  level: 'status',
  code: 'NetConnection.Connect.Success',
  description: 'Connection succeeded.',
  objectEncoding: 0,
};

/** What the server says of itself and the peer in its answer to connect. */
function answerTo({ talk }: SocketPeer): AmfValue {
  const [name, transaction, , info] = decodeAmf0(talk.of(20)[0]!.body);
  expect([name, transaction]).toEqual(['_result', 1]);
  return info;
}

describe('C-ERTMP-01 connect', () => {
  test('C-ERTMP-01 what a peer announces comes back as far as it is supported', async () => {
    const at = await startServer();
    const offer = { capsEx: 0xff, fourCcList: ['av01', 'mjpg'], audioFourCcInfoMap: amfObject({ Opus: 1 }) };
    const peer = await SocketPeer.connected(at.server.rtmp.port, offer);
    const forwarded = { mp4a: 4, '.mp3': 4, Opus: 4, fLaC: 4, 'ac-3': 4, 'ec-3': 4 };
    expect(answerTo(peer)).toEqual({
      ...PLAIN_ANSWER,
      capsEx: 0x0f,
      fourCcList: ['av01'],
      audioFourCcInfoMap: forwarded,
    });
    const plain = await SocketPeer.connected(at.server.rtmp.port);
    expect(answerTo(plain)).toEqual(PLAIN_ANSWER);
  });
});

describe('C-ERTMP-02 and 03: a codec', () => {
  test.each(codecSamples.map((of) => ({ of, codec: of.track.codec })))('$codec goes in and out', async ({ of }) => {
    const { at, peer } = await stage();
    const early = await player(`${at.rtmp}/live/a`);
    peer.send(...film(of));
    const isOurs = (frames: typeof early.frames): number =>
      frames.filter(({ track }) => track.codec === of.track.codec).length;
    await until(`50 frames of ${of.track.codec} arrive`, () => isOurs(early.frames) === 50);
    const got = early.frames.filter(({ track }) => track.codec === of.track.codec);
    expect(got[0]!.data).toEqual(of.key);
    expect(got[1]!.data).toEqual(of.track.kind === 'video' ? of.next : of.key);
    expect(got[0]!.track.config).toEqual(of.track.config);
    expect(got.map(({ dts }) => dts)).toEqual(Array.from({ length: 50 }, (_, i) => fromMs(i * 40)));
    const late = await player(`${at.rtmp}/live/a`);
    await until('a late one has its config and frames', () => isOurs(late.frames) >= 10);
    expect(late.tracks.find(({ codec }) => codec === of.track.codec)?.config).toEqual(of.track.config);
    expect(late.frames.find(({ track }) => track.kind === 'video')?.key).toBe(true);
  });

  test('goes on in another config after the end of its sequence', async () => {
    const { at, peer } = await stage();
    const viewer = await player(`${at.rtmp}/live/a`);
    const [start, end, picture] = ['9061766331', '9261766331', '9361766331'];
    peer.send(configOf(sample.audio));
    for (const [index, track] of [sample.video, sample.video2].entries()) {
      const [first, second] = [0, 40].map((ms) => frameOf(track, { ms: index * 80 + ms, key: true }));
      peer.send(enhanced('video', `${start}${hex(track.config)}`, index * 80));
      peer.send(enhanced('video', `${picture}${hex(first!.data)}`, index * 80), mediaOf(sample.audio, index * 80 + 5));
      peer.send(enhanced('video', `${picture}${hex(second!.data)}`, index * 80 + 40));
      peer.send(enhanced('video', end, index * 80 + 40));
    }
    const pictures = (): typeof viewer.frames => viewer.frames.filter(({ track }) => track.kind === 'video');
    await until('all pictures arrive', () => pictures().length === 4);
    const configs = [sample.video, sample.video, sample.video2, sample.video2].map(({ config }) => config);
    expect(pictures().map(({ track }) => track.config)).toEqual(configs);
    expect([viewer.ended, peer.closedAt]).toEqual([undefined, undefined]);
  });

  test('is not sent to a player that did not announce it, which is told so and gets the rest', async () => {
    const { at, peer } = await stage();
    const able = await announcing(at, ALL);
    const plain = await announcing(at, {});
    peer.send(...film(hevc));
    await plain.told('NetStream.Play.NoSupportedTrackFound');
    await until('sound arrives at both', () => [able, plain].every(({ talk }) => talk.of(8).length > 45));
    await until('pictures arrive', () => able.talk.of(9).length === 51);
    expect(plain.talk.of(9)).toHaveLength(0);
    expect(able.talk.codes).not.toContain('NetStream.Play.NoSupportedTrackFound');
    const said = plain.talk.commands.find(({ code }) => code === 'NetStream.Play.NoSupportedTrackFound');
    expect(said?.description).toContain('H.265');
    const late = await announcing(at, {});
    await late.told('NetStream.Play.NoSupportedTrackFound');
  });

  test('that is all there is ends a player that did not announce it', async () => {
    const { at, peer } = await stage();
    const plain = await announcing(at, {});
    peer.send(enhanced('video', `9068766331${hex(hevc.track.config)}`));
    for (let i = 0; i < 50; i++) peer.send(say(9, bodyOf(hevc, i), { chunkStream: 6, timestamp: i * 40 }));
    await plain.closed();
    const { code, description } = plain.talk.commands.at(-1)!;
    expect(code).toBe('NetStream.Play.Failed');
    expect(description).toContain('H.265');
    expect(peer.closedAt).toBeUndefined();
  });
});

describe('C-ERTMP-03 six channels', () => {
  /** A packet of four streams, two of them of two channels. */
  const packet = 'fc01aafc01bbf801ccf8dd';
  const opusHead = (mapping: string): string => `4f707573486561640106000080bb00000000010402${mapping}`;

  test.each([
    { said: 'in the order of the bits', layout: '01060000003f', mapping: '000401020305' },
    { said: 'by their names', layout: '0206020001040503', mapping: '040001020305' },
  ])('of Opus that a MultichannelConfig tells $said reach a player, early and late', async ({ layout, mapping }) => {
    const { at, peer } = await stage();
    const early = await player(`${at.rtmp}/live/a`);
    peer.send(configOf(sample.video), enhanced('audio', `944f707573${layout}`));
    for (let i = 0; i < 50; i++) {
      peer.send(mediaOf(sample.video, i * 40, { key: i % 25 === 0 }));
      peer.send(enhanced('audio', `914f707573${packet}`, i * 40));
    }
    const sounds = ({ frames }: typeof early): typeof frames => frames.filter(({ track }) => track.kind === 'audio');
    await until('the sound arrives', () => sounds(early).length === 50);
    const late = await player(`${at.rtmp}/live/a`);
    await until('it arrives late', () => sounds(late).length > 0);
    for (const viewer of [early, late]) {
      const { track, data } = sounds(viewer)[0]!;
      expect([hex(track.config), hex(data)]).toEqual([opusHead(mapping), packet]);
      expect(describeTrack(track)).toMatchObject({ channels: 6 });
    }
  });
});

describe('C-ERTMP-04 ModEx', () => {
  test('C-ERTMP-04 nanoseconds are added, and what nobody knows is skipped', async () => {
    const { at, peer } = await stage();
    const { frames } = await player(`${at.rtmp}/live/a`);
    const seen: number[] = [];
    peer.send(enhanced('video', `9068766331${hex(hevc.track.config)}`), configOf(sample.audio));
    peer.send(enhanced('video', `9368766331${hex(hevc.key)}`), mediaOf(sample.audio, 5));
    await until('it is live', () => at.server.hub.stream('live/a')?.state === 'live');
    at.server.hub
      .stream('live/a')!
      .add({ update() {}, write: ({ track, dts }) => void (track.kind === 'video' && seen.push(dts)), end() {} });
    peer.send(enhanced('video', `a700aa570207a1200368766331${hex(hevc.next)}`, 40));
    await until('two pictures arrive', () => frames.filter(({ track }) => track.kind === 'video').length === 2);
    expect(seen).toEqual([0, 40_500]);
  });
});

describe('C-ERTMP-05 multitrack', () => {
  test('C-ERTMP-05 every track of a message is a track of the stream, and the first of a kind is played', async () => {
    const { at, peer } = await stage();
    const viewer = await player(`${at.rtmp}/live/a`);
    const many = (type: number, data: Uint8Array): string =>
      `95${(0x10 | type).toString(16)}4f707573` +
      [0, 1, 2].map((track) => `0${track}${data.length.toString(16).padStart(6, '0')}${hex(data)}`).join('');
    peer.send(configOf(sample.video), enhanced('audio', many(0, opus.track.config)));
    for (let i = 0; i < 50; i++) {
      peer.send(mediaOf(sample.video, i * 40, { key: i % 25 === 0 }), enhanced('audio', many(1, opus.key), i * 40));
    }
    const sounds = (): typeof viewer.frames => viewer.frames.filter(({ track }) => track.kind === 'audio');
    await until('the sound of one track arrives', () => sounds().length === 50);
    expect(new Set(sounds().map(({ track }) => track.id)).size).toBe(1);
    const { tracks, frames } = at.server.hub.stream('live/a')!;
    expect(tracks.map(({ id, codec }) => `${id} ${codec}`)).toEqual(['1 h264', '2 opus', '513 opus', '514 opus']);
    expect(frames.audio).toBe(150);
  });
});

describe('C-ERTMP-06 a FourCC that nobody knows', () => {
  test('C-ERTMP-06 is left out with one warning, and the rest is played', async () => {
    const { at, peer } = await stage();
    const viewer = await player(`${at.rtmp}/live/a`);
    for (let i = 0; i < 10; i++) peer.send(enhanced('video', '916d6a706700', i * 40));
    peer.send(configOf(sample.audio), mediaOf(sample.audio, 0), mediaOf(sample.audio, 1200));
    await until('sound arrives', () => viewer.frames.length > 0);
    const warnings = at.log.filter(({ fields }) => fields['code'] === 'codec-unsupported');
    expect(warnings.map(({ fields }) => `${String(fields['kind'])} ${String(fields['codec'])}`)).toEqual([
      'video mjpg',
    ]);
  });
});

describe('C-ERTMP-08 AMF3 within AMF0', () => {
  test.each([
    { what: 'null', amf3: '01' },
    { what: 'an object', amf3: '0a0b01 0361 060362 01' },
  ])('C-ERTMP-08 holds for one value only: $what', async ({ amf3 }) => {
    const at = await startServer();
    const peer = await SocketPeer.connected(at.server.rtmp.port);
    // The command object is AMF3; the name behind it is AMF0 again.
    const asked = concatBytes([encodeAmf0('publish', 3), fromHex(`11 ${amf3}`), encodeAmf0('a', 'live')]);
    peer.say('createStream', 2, null);
    peer.send(say(20, asked));
    await peer.told('NetStream.Publish.Start');
    peer.send(configOf(sample.video), configOf(sample.audio), mediaOf(sample.video, 0), mediaOf(sample.audio, 5));
    await until('it is live', () => at.server.hub.stream('live/a')?.state === 'live');
  });
});

describe('colours', () => {
  test('that a publisher tells reach a player that reads the codec, and the API, and no browser', async () => {
    const at = await startServer();
    const color = { config: { bitDepth: 10, primaries: 9, transfer: 16, matrix: 9 }, light: { max: 1000 } };
    const track = { ...hevc.track, color };
    const viewer = await player(`${at.rtmp}/live/a`);
    const client = await publisher(`${at.rtmp}/live/a`);
    for (let i = 0; i < 60; i++) {
      client.write({
        track,
        dts: fromMs(i * 40),
        pts: fromMs(i * 40),
        key: i === 0,
        data: i === 0 ? hevc.key : hevc.next,
      });
    }
    await until('pictures arrive', () => viewer.frames.length > 10);
    expect(viewer.frames[0]!.track.color).toEqual(color);
    const flv = await fetch(`${at.http}/live/a.flv`);
    const demuxer = new FlvDemuxer();
    let [text, seen] = ['', false];
    for await (const bytes of flv.body!) {
      text += Buffer.from(bytes).toString('latin1');
      seen ||= demuxer.push(bytes).some((event) => event.type === 'frame' && event.frame.track.kind === 'video');
      if (seen) break;
    }
    expect(seen).toBe(true);
    expect(text).not.toContain('colorInfo');
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
