import { describe, expect, test } from 'vitest';
import { film, videoTrack } from '../../../test/media.ts';
import { SegmentStage } from '../../../test/segment-stage.ts';
import type { Rendition } from '../../live/rendition.ts';
import { SECOND } from '../../media/time.ts';
import { checkAhead, directivesOf, has } from './directives.ts';

/** Segments 1 and 2 with five parts each, and two parts of segment 3. `ms`: of the film; `gop`: what is known of it, µs. */
function rendition(ms = 4840, gop?: number): Rendition {
  const stage = new SegmentStage(gop === undefined ? {} : { gop });
  const video = videoTrack();
  stage.update(video);
  stage.write(film({ ms, gop: 2000, video }));
  return stage.segments.rendition('main')!;
}

describe('directives', () => {
  test.each([
    ['', { wanted: undefined, skip: false }],
    ['_HLS_msn=12', { wanted: { sequence: 12, part: undefined }, skip: false }],
    ['_HLS_msn=12&_HLS_part=0&_HLS_skip=YES', { wanted: { sequence: 12, part: 0 }, skip: true }],
    ['_HLS_skip=v2', { wanted: undefined, skip: true }],
    ['_HLS_skip=no&other=1', { wanted: undefined, skip: false }],
  ])('“%s” is read', (query, directives) => {
    expect(directivesOf(new URLSearchParams(query))).toEqual(directives);
  });

  test.each(['_HLS_part=1', '_HLS_msn=', '_HLS_msn=-1', '_HLS_msn=1.5', '_HLS_msn=1e3', `_HLS_msn=${'9'.repeat(16)}`])(
    '“%s” is refused',
    (query) => {
      expect(() => directivesOf(new URLSearchParams(query))).toThrow(expect.objectContaining({ code: 'bad-request' }));
    },
  );
});

describe('what is there', () => {
  test.each([
    [{ sequence: 1, part: undefined }, true],
    [{ sequence: 2, part: 4 }, true],
    // A part behind the last of its segment is the first of the next.
    [{ sequence: 2, part: 5 }, true],
    [{ sequence: 3, part: 0 }, true],
    [{ sequence: 3, part: 1 }, true],
    [{ sequence: 3, part: 2 }, false],
    [{ sequence: 3, part: undefined }, false],
    [{ sequence: 4, part: 0 }, false],
  ])('%o: %s', (wanted, is) => {
    expect(has(rendition(), wanted)).toBe(is);
  });

  test.each([
    [{ sequence: 4, part: undefined }, true],
    [{ sequence: 4, part: 0 }, true],
    [{ sequence: 5, part: undefined }, false],
    [{ sequence: 3, part: 9 }, true],
    [{ sequence: 3, part: 10 }, false],
    [{ sequence: 1_000_000, part: 0 }, false],
  ])('may be waited for: %o: %s', (wanted, may) => {
    const check = (): void => checkAhead(rendition(), wanted, 400_000);
    if (may) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });

  test('a part behind the last one, where nothing of the next segment is there yet, is not', () => {
    const two = rendition(4080);
    expect([two.window.listed.length, two.window.current?.parts.length]).toEqual([2, 0]);
    expect([has(two, { sequence: 2, part: 4 }), has(two, { sequence: 2, part: 5 })]).toEqual([true, false]);
    // However far behind it is: it is the first of the next (rfc8216bis, 6.2.5.2).
    expect(() => checkAhead(two, { sequence: 2, part: 1000 }, 400_000)).not.toThrow();
  });

  test('before the first segment is complete two may be waited for', () => {
    const first = rendition(560, 2 * SECOND);
    expect([first.window.listed.length, first.window.current?.parts.length]).toEqual([0, 1]);
    expect(() => checkAhead(first, { sequence: 2, part: undefined }, 400_000)).not.toThrow();
    expect(() => checkAhead(first, { sequence: 3, part: undefined }, 400_000)).toThrow('too far ahead');
  });
});
