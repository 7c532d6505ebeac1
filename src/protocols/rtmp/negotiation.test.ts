import { describe, expect, test } from 'vitest';
import { amfObject, type AmfValue } from '../../containers/amf/index.ts';
import { announcement, readAnnounced, reads } from './negotiation.ts';

const announced = (offer: Record<string, AmfValue>) => readAnnounced(amfObject(offer));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What FFmpeg 8 and OBS 31 say. */
const FFMPEG = {
  capsEx: 13,
  fourCcList: ['hvc1', 'av01', 'vp09'],
  videoFourCcInfoMap: amfObject({ hvc1: 1, av01: 1, vp09: 1 }),
};

describe('C-ERTMP-01 what a peer announces', () => {
  test('is nothing when it says nothing', () => {
    const { reconnects, codecs, answer } = announced({ app: 'live' });
    expect({ reconnects, codecs: [...codecs], answer: plain(answer) }).toEqual({
      reconnects: false,
      codecs: [],
      answer: {},
    });
  });

  test('is answered with what is supported of it', () => {
    const { codecs, answer } = announced(FFMPEG);
    expect([...codecs]).toEqual(['h265', 'av1', 'vp9']);
    expect(plain(answer)).toEqual({
      capsEx: 13,
      fourCcList: ['hvc1', 'av01', 'vp09'],
      videoFourCcInfoMap: { avc1: 4, hvc1: 4, av01: 4, vp09: 4, vp08: 4 },
    });
  });

  test('is not repeated where nobody here knows it', () => {
    const { codecs, answer } = announced({ capsEx: 0xf0, fourCcList: ['mjpg', 'av01'] });
    expect([...codecs]).toEqual(['av1']);
    expect(plain(answer)).toEqual({ fourCcList: ['av01'] });
  });

  test('is every codec with an asterisk', () => {
    const all = ['h265', 'av1', 'vp9', 'vp8', 'opus', 'flac', 'ac3', 'eac3'];
    expect([...announced({ fourCcList: ['*'] }).codecs]).toEqual(all);
    expect([...announced({ videoFourCcInfoMap: amfObject({ '*': 4 }) }).codecs]).toEqual(all.slice(0, 4));
  });

  test('is what it can decode or pass on, and not what it can only encode', () => {
    const map = amfObject({ hvc1: 2, av01: 1, vp09: 4 });
    expect([...announced({ videoFourCcInfoMap: map }).codecs]).toEqual(['av1', 'vp9']);
  });

  test('is every codec with an asterisk, also where less is said of some by name', () => {
    const map = amfObject({ '*': 4, hvc1: 2, vp09: 2 });
    expect([...announced({ videoFourCcInfoMap: map }).codecs]).toEqual(['h265', 'av1', 'vp9', 'vp8']);
    const none = amfObject({ '*': 2, av01: 1 });
    expect([...announced({ videoFourCcInfoMap: none }).codecs]).toEqual(['av1']);
  });

  test.each<Record<string, AmfValue>>([
    { capsEx: 'x', fourCcList: 'hvc1' },
    { fourCcList: [1, null, amfObject()] },
    { videoFourCcInfoMap: ['hvc1'], audioFourCcInfoMap: 7 },
    { videoFourCcInfoMap: amfObject({ hvc1: 'yes', toString: 1 }) },
    { fourCcList: [...Array<string>(64).fill('xxxx'), 'hvc1'] },
  ])('is nothing in a form that it may not have: %o', (offer) => {
    const { reconnects, codecs } = announced(offer);
    expect({ reconnects, codecs: [...codecs] }).toEqual({ reconnects: false, codecs: [] });
  });

  test('is understood as it is meant when it is ours', () => {
    const { reconnects, codecs } = readAnnounced(announcement());
    expect(reconnects).toBe(true);
    for (const codec of ['h264', 'h265', 'opus', 'aac', 'pcma'] as const) expect(reads(codecs, codec)).toBe(true);
  });
});
