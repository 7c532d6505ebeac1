import { describe, expect, test } from 'vitest';
import { film, frame } from '../../../test/media.ts';
import { SegmentStage } from '../../../test/segment-stage.ts';
import { sample } from '../../containers/contract-samples.ts';
import type { Track } from '../../media/frame.ts';
import { multivariantOf } from './lists.ts';
import { multivariantPlaylist } from './multivariant.ts';

const { video, audio } = sample;

function playlistOf(...tracks: Track[]): string[] {
  const stage = new SegmentStage();
  stage.update(...tracks);
  const frames = tracks.flatMap((track) =>
    film({ ms: 4100, gop: 2000, ...(track.kind === 'video' ? { video: track } : { audio: track }) }),
  );
  stage.write(frames.toSorted((a, b) => a.dts - b.dts));
  return multivariantPlaylist(multivariantOf(stage.segments, 'hls/B/')).trimEnd().split('\n').slice(2);
}

test('picture and sound together are one variant', () => {
  expect(playlistOf(video, audio)).toEqual([
    expect.stringMatching(
      /^#EXT-X-STREAM-INF:BANDWIDTH=\d+,AVERAGE-BANDWIDTH=\d+,CODECS="avc1\.640028,mp4a\.40\.2",RESOLUTION=1920x1080,FRAME-RATE=25\.000,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE$/,
    ),
    'hls/B/main.m3u8',
  ]);
});

test('several sounds are a group, of which the first is played, and count for the bandwidth', () => {
  const other = { ...audio, id: 7 };
  const [first, second, variant, uri] = playlistOf(video, audio, other);
  expect(first).toBe(
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio 1",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="hls/B/a2.m3u8"',
  );
  expect(second).toContain('NAME="Audio 2",DEFAULT=NO,AUTOSELECT=YES');
  expect(variant).toContain('CODECS="avc1.640028,mp4a.40.2"');
  expect(variant).toContain('AUDIO="audio"');
  expect(uri).toBe('hls/B/v1.m3u8');
});

test('several pictures are several variants', () => {
  const other = { ...sample.video2, id: 7 };
  const lines = playlistOf(video, other);
  expect(lines.filter((line) => !line.startsWith('#'))).toEqual(['hls/B/v1.m3u8', 'hls/B/v7.m3u8']);
  expect(lines[2]).toContain('RESOLUTION=1280x720');
});

test('sound alone is a variant without a picture', () => {
  const [variant, uri] = playlistOf(audio);
  expect(variant).toMatch(/^#EXT-X-STREAM-INF:BANDWIDTH=\d+,AVERAGE-BANDWIDTH=\d+,CODECS="mp4a\.40\.2"$/);
  expect(uri).toBe('hls/B/main.m3u8');
});

test('captions in the pictures are told', () => {
  const stage = new SegmentStage();
  const captions = { id: 9, kind: 'data', codec: 'captions', config: new Uint8Array() } as const;
  stage.update(video, captions);
  stage.write(film({ ms: 4100, gop: 2000, video }));
  const text = multivariantPlaylist(multivariantOf(stage.segments, ''));
  expect(text).toContain(
    '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC1",DEFAULT=YES,AUTOSELECT=YES,INSTREAM-ID="CC1"',
  );
  expect(text).toContain('CLOSED-CAPTIONS="cc"');
});

test.each([
  [16, 'PQ'],
  [18, 'HLG'],
  [1, 'SDR'],
])('the transfer %i is the range %s', (transfer, range) => {
  const track: Track = { ...video, color: { config: { transfer } } };
  expect(playlistOf(track)[0]).toContain(`VIDEO-RANGE=${range}`);
});

describe('bandwidths', () => {
  const choice = { codecs: ['avc1.640028'], width: 640, height: 360 };
  const linesOf = (playlist: Parameters<typeof multivariantPlaylist>[0]): string[] =>
    multivariantPlaylist(playlist).split('\n');
  const sounds = [
    { uri: 'a2', peak: 100.2, average: 60.1, codecs: ['mp4a.40.2'] },
    { uri: 'a3', peak: 90, average: 70, codecs: ['opus'] },
  ];

  test('are rounded up, and those of pictures have the most of the sounds beside them', () => {
    const [variant] = linesOf({
      variants: [{ uri: 'v1', peak: 1000.5, average: 800, ...choice }],
      audio: sounds,
      captions: false,
    }).filter((line) => line.startsWith('#EXT-X-STREAM-INF'));
    expect(variant).toContain('BANDWIDTH=1101,AVERAGE-BANDWIDTH=870,CODECS="avc1.640028,mp4a.40.2,opus"');
    const [alone] = linesOf({
      variants: [{ uri: 'v1', peak: 1000.2, average: 800.7, ...choice }],
      audio: [],
      captions: false,
    }).filter((line) => line.startsWith('#EXT-X-STREAM-INF'));
    expect(alone).toContain('BANDWIDTH=1001,AVERAGE-BANDWIDTH=801,CODECS="avc1.640028"');
  });

  test('of sound alone have each sound once', () => {
    const lines = linesOf({ variants: [sounds[0]!], audio: sounds, captions: true });
    expect(lines.filter((line) => line.startsWith('#EXT-X-STREAM-INF'))).toEqual([
      '#EXT-X-STREAM-INF:BANDWIDTH=101,AVERAGE-BANDWIDTH=61,CODECS="mp4a.40.2",AUDIO="audio"',
    ]);
    expect(lines.some((line) => line.includes('CLOSED-CAPTIONS'))).toBe(false);
  });
});

test('several sounds without a picture are one variant and a group, in which it is', () => {
  const lines = playlistOf(audio, { ...audio, id: 7 });
  expect(lines.filter((line) => line.startsWith('#EXT-X-MEDIA'))).toHaveLength(2);
  expect(lines.filter((line) => !line.startsWith('#'))).toEqual(['hls/B/a2.m3u8']);
});

test('a codec whose config does not tell is said by its name', () => {
  const unreadable: Track = { ...video, config: Uint8Array.of(9) };
  expect(playlistOf(unreadable)[0]).toContain('CODECS="h264"');
});

describe('the rate of pictures', () => {
  const rateOf = (ms: number): string | undefined => {
    const stage = new SegmentStage();
    stage.update(video);
    const count = Math.floor(4100 / ms);
    stage.write(
      Array.from({ length: count }, (_, i) => frame(video, i * ms, { key: i % Math.round(2000 / ms) === 0 })),
    );
    const text = multivariantPlaylist(multivariantOf(stage.segments, ''));
    return /FRAME-RATE=([\d.]+)/.exec(text)?.[1];
  };

  test.each([
    ['is what the codec says, where it is about that', 33.5, '29.970'],
    ['is what is measured, where it is not', 40, '25.000'],
    ['is what is measured, where it is a little too far from that', 32.4, '30.864'],
  ])('%s', (_, ms, rate) => {
    expect(rateOf(ms)).toBe(rate);
  });
});
