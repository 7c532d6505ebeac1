import { describe, expect, test } from 'vitest';
import { film, videoTrack } from '../../../test/media.ts';
import { SegmentStage } from '../../../test/segment-stage.ts';
import { Segment } from '../../live/segment.ts';
import { SECOND } from '../../media/time.ts';
import { mediaListOf, versionOf } from './lists.ts';
import { type MediaList, mediaPlaylist } from './playlist.ts';

const video = videoTrack();

/** Two seconds a segment, in parts of 0.4 s; `ms` of a film. */
function shown(
  ms: number,
  options: { part?: number; skip?: boolean; ended?: boolean; window?: number } = {},
): string[] {
  const { part = 400_000, skip = false, ended = false, window = 12 } = options;
  const stage = new SegmentStage({ part, window });
  stage.update(video);
  stage.write(film({ ms, gop: 2000, video }));
  if (ended) stage.segments.end('ended');
  const rendition = stage.segments.rendition('main')!;
  const list = mediaListOf(stage.segments, rendition, part > 0 ? 'm4s' : 'ts');
  return mediaPlaylist(list, { skip }).trimEnd().split('\n');
}

test('a playlist with parts says all that players need to know', () => {
  expect(shown(4500)).toEqual([
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    '#EXT-X-TARGETDURATION:2',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0,PART-HOLD-BACK=1.2',
    '#EXT-X-PART-INF:PART-TARGET=0.400',
    '#EXT-X-MEDIA-SEQUENCE:1',
    '#EXT-X-MAP:URI="main-init1.mp4"',
    '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z',
    '#EXT-X-PART:DURATION=0.400,URI="main-1.0.m4s",INDEPENDENT=YES',
    ...[1, 2, 3, 4].map((part) => `#EXT-X-PART:DURATION=0.400,URI="main-1.${part}.m4s"`),
    '#EXTINF:2.000,',
    'main-1.m4s',
    '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z',
    '#EXT-X-PART:DURATION=0.400,URI="main-2.0.m4s",INDEPENDENT=YES',
    ...[1, 2, 3, 4].map((part) => `#EXT-X-PART:DURATION=0.400,URI="main-2.${part}.m4s"`),
    '#EXTINF:2.000,',
    'main-2.m4s',
    '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:04.000Z',
    '#EXT-X-PART:DURATION=0.400,URI="main-3.0.m4s",INDEPENDENT=YES',
    '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="main-3.1.m4s"',
  ]);
});

test('one that has ended has all of the last segment, and promises nothing', () => {
  const lines = shown(4500, { ended: true });
  expect(lines.slice(-4)).toEqual([
    '#EXT-X-PART:DURATION=0.120,URI="main-3.1.m4s"',
    '#EXTINF:0.520,',
    'main-3.m4s',
    '#EXT-X-ENDLIST',
  ]);
});

test('one without parts has only segments', () => {
  expect(shown(4500, { part: 0 })).toEqual([
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    '#EXT-X-TARGETDURATION:2',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    '#EXT-X-MEDIA-SEQUENCE:1',
    '#EXT-X-MAP:URI="main-init1.mp4"',
    '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z',
    '#EXTINF:2.000,',
    'main-1.ts',
    '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z',
    '#EXTINF:2.000,',
    'main-2.ts',
  ]);
});

describe('what is old', () => {
  test('parts are listed of segments that end within three target durations of the end', () => {
    const parts = shown(20_500).filter((line) => line.startsWith('#EXT-X-PART:'));
    expect(parts[0]).toContain('main-8.0.m4s');
    expect(parts.at(-1)).toContain('main-11.0.m4s');
  });

  test('segments that are six target durations from the end are left out for those who ask', () => {
    const lines = shown(20_500, { skip: true });
    expect(lines).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=4');
    expect(lines.filter((line) => /^main-\d+\.m4s$/.test(line))[0]).toBe('main-5.m4s');
    expect(lines).toContain('#EXT-X-MEDIA-SEQUENCE:1');
    expect(lines.some((line) => line.startsWith('#EXT-X-MAP'))).toBe(false);
    expect(shown(13_000, { skip: true }).some((line) => line.startsWith('#EXT-X-SKIP'))).toBe(false);
  });
});

describe('discontinuities', () => {
  const restarted = (): SegmentStage => {
    const stage = new SegmentStage();
    stage.update(video);
    stage.write(film({ ms: 2100, gop: 2000, video }));
    stage.segments.begin();
    const other = videoTrack([9]);
    stage.update(other);
    stage.write(film({ ms: 4100, from: 5000, gop: 2000, video: other }));
    return stage;
  };
  const linesOf = (stage: SegmentStage): string[] =>
    mediaPlaylist(mediaListOf(stage.segments, stage.segments.rendition('main')!, 'm4s')).split('\n');

  test('stand once, with the new init segment behind them', () => {
    const lines = linesOf(restarted());
    expect(lines.filter((line) => line === '#EXT-X-DISCONTINUITY')).toHaveLength(1);
    expect(lines[lines.indexOf('#EXT-X-DISCONTINUITY') + 1]).toBe('#EXT-X-MAP:URI="main-init2.mp4"');
    expect(lines.some((line) => line.startsWith('#EXT-X-DISCONTINUITY-SEQUENCE'))).toBe(false);
  });

  test('are counted once they left the list', () => {
    const stage = restarted();
    const other = stage.segments.rendition('main')!.tracks[0]!;
    stage.write(
      film({ ms: 12_000, from: 9100, gop: 1, video: other }).map((one) => ({
        ...one,
        key: (one.dts - 100_000) % 2_000_000 === 900_000,
      })),
    );
    stage.write(film({ ms: 100, from: 22_000, video: other }));
    const lines = linesOf(stage);
    expect(lines).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:1');
    expect(lines).not.toContain('#EXT-X-DISCONTINUITY');
  });
});

test('the version changes with everything that the list shows', () => {
  const stage = new SegmentStage();
  stage.update(video);
  const seen = new Map<string, string>();
  for (const frame of film({ ms: 6100, gop: 2000, video })) {
    stage.write([frame]);
    const rendition = stage.segments.rendition('main')!;
    if (stage.segments.target === 0) continue;
    const version = versionOf(stage.segments, rendition);
    const text = mediaPlaylist(mediaListOf(stage.segments, rendition, 'm4s'));
    expect(seen.get(version) ?? text).toBe(text);
    seen.set(version, text);
  }
  expect(new Set(seen.values()).size).toBeGreaterThan(10);
});

test.each([
  [400_000, '9', '9'],
  [0, '6', '8'],
])('the version is as high as what stands in it needs: parts of %i µs', (part, plain, gaps) => {
  const sound = { id: 6, kind: 'audio', codec: 'aac', config: Uint8Array.of(3) } as const;
  const stage = new SegmentStage({ part });
  stage.update(video, { ...sound, id: 2 }, sound);
  const silent = film({ ms: 6100, audio: sound }).filter(({ dts }) => dts < 2 * SECOND || dts >= 4 * SECOND);
  const frames = [...film({ ms: 6100, gop: 2000, video, audio: { ...sound, id: 2 } }), ...silent];
  stage.write(frames.toSorted((x, y) => x.dts - y.dts));
  const versions = ['v1', 'a6'].map((id) => {
    const text = mediaPlaylist(mediaListOf(stage.segments, stage.segments.rendition(id)!, 'm4s'));
    return /#EXT-X-VERSION:(\d+)/.exec(text)?.[1];
  });
  expect(versions).toEqual([plain, gaps]);
});

test('a rendition that says nothing for a while has gaps, which nobody is to ask for', () => {
  const sound = { id: 6, kind: 'audio', codec: 'aac', config: Uint8Array.of(3) } as const;
  const main = { ...sound, id: 2 };
  const stage = new SegmentStage();
  stage.update(video, main, sound);
  const silent = film({ ms: 6100, audio: sound }).filter(({ dts }) => dts < 2 * SECOND || dts >= 4 * SECOND);
  const frames = [...film({ ms: 6100, gop: 2000, video, audio: main }), ...silent];
  stage.write(frames.toSorted((a, b) => a.dts - b.dts));
  const lines = mediaPlaylist(mediaListOf(stage.segments, stage.segments.rendition('a6')!, 'm4s')).split('\n');
  expect(lines[lines.indexOf('a6-2.m4s') - 2]).toBe('#EXT-X-GAP');
  expect(lines).toContain('#EXT-X-PART:DURATION=0.400,URI="a6-2.1.m4s",GAP=YES');
  expect(lines.filter((line) => line.startsWith('#EXT-X-RENDITION-REPORT'))).toEqual([
    '#EXT-X-RENDITION-REPORT:URI="v1.m3u8",LAST-MSN=3,LAST-PART=4',
    '#EXT-X-RENDITION-REPORT:URI="a2.m3u8",LAST-MSN=3,LAST-PART=4',
  ]);
});

test('a rendition says how far the others are, with what is there of them and not what grows, where it has parts', () => {
  const sound = { id: 6, kind: 'audio', codec: 'aac', config: Uint8Array.of(3) } as const;
  const main = { ...sound, id: 2 };
  const reportsOf = (part: number, ms: number): string[] => {
    const stage = new SegmentStage({ part });
    stage.update(video, main, sound);
    const frames = [...film({ ms, gop: 2000, video, audio: main }), ...film({ ms, audio: sound })];
    stage.write(frames.toSorted((a, b) => a.dts - b.dts));
    const list = mediaListOf(stage.segments, stage.segments.rendition('v1')!, 'm4s');
    return mediaPlaylist(list).match(/RENDITION-REPORT.*/g) ?? [];
  };
  expect(reportsOf(400_000, 4900)).toEqual([
    'RENDITION-REPORT:URI="a2.m3u8",LAST-MSN=3,LAST-PART=1',
    'RENDITION-REPORT:URI="a6.m3u8",LAST-MSN=3,LAST-PART=1',
  ]);
  expect(reportsOf(400_000, 4100)).toEqual([
    'RENDITION-REPORT:URI="a2.m3u8",LAST-MSN=2,LAST-PART=4',
    'RENDITION-REPORT:URI="a6.m3u8",LAST-MSN=2,LAST-PART=4',
  ]);
  expect(reportsOf(0, 4900)).toEqual([]);
});

test('the version changes with what the list says of other renditions', () => {
  const sound = { id: 6, kind: 'audio', codec: 'aac', config: Uint8Array.of(3) } as const;
  const main = { ...sound, id: 2 };
  const stage = new SegmentStage();
  stage.update(video, main, sound);
  const frames = [...film({ ms: 8100, gop: 2000, video, audio: main }), ...film({ ms: 8100, audio: sound })];
  const seen = new Map<string, string>();
  for (const one of frames.toSorted((a, b) => a.dts - b.dts)) {
    stage.write([one]);
    const rendition = stage.segments.rendition('v1');
    if (stage.segments.renditions.length < 3) continue;
    const version = versionOf(stage.segments, rendition!);
    const text = mediaPlaylist(mediaListOf(stage.segments, rendition!, 'm4s'));
    expect(seen.get(version) ?? text).toBe(text);
    seen.set(version, text);
  }
  expect(seen.size).toBeGreaterThan(30);
});

describe('at the edge', () => {
  const segments = (count: number, seconds: number): Segment[] =>
    Array.from({ length: count }, (_, index) => {
      const start = index * seconds * SECOND;
      const init = { number: 1, bytes: Uint8Array.of(1) };
      const options = { sequence: index + 1, start, wall: start / 1000, shift: 0, init, discontinuity: false, era: 0 };
      const segment = new Segment(options);
      segment.add({ duration: seconds * SECOND, bytes: Uint8Array.of(1), independent: true });
      segment.complete = segment.independent = true;
      return segment;
    });
  const list = (count: number): MediaList => ({
    rendition: 'main',
    extension: 'm4s',
    target: 2,
    partTarget: 333_334,
    segments: segments(count, 2),
    current: undefined,
    independent: true,
    ended: false,
    reports: [],
  });

  test('what lies exactly three target durations from the end has no parts any more, and exactly six may be skipped', () => {
    const parts = mediaPlaylist(list(5)).match(/main-\d+\.0\.m4s/g);
    expect(parts).toEqual(['main-3.0.m4s', 'main-4.0.m4s', 'main-5.0.m4s', 'main-6.0.m4s']);
    expect(mediaPlaylist(list(7), { skip: true })).toContain('SKIPPED-SEGMENTS=1\n');
    expect(mediaPlaylist(list(6), { skip: true })).not.toContain('SKIPPED-SEGMENTS');
  });

  test('between two segments the first part of the next one is announced', () => {
    expect(mediaPlaylist(list(3))).toContain('TYPE=PART,URI="main-4.0.m4s"');
    expect(mediaPlaylist({ ...list(3), segments: [] })).toContain('TYPE=PART,URI="main-1.0.m4s"');
    expect(mediaPlaylist({ ...list(3), segments: [] })).toContain('#EXT-X-MEDIA-SEQUENCE:1\n');
  });

  test('C-HLS-29 players stay behind the end by three parts, rounded up', () => {
    expect(mediaPlaylist(list(3))).toContain('PART-HOLD-BACK=1.001\n');
  });

  test('C-HLS-06 discontinuities that are listed are not counted as those that left the list are', () => {
    const [first, ...rest] = segments(3, 2);
    const again = new Segment({ ...first!, discontinuity: true, era: 3 });
    again.add(first!.parts[0]!);
    again.complete = true;
    const text = mediaPlaylist({ ...list(0), segments: [again, ...rest] });
    expect(text).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:2\n');
    expect(text.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
  });
});
