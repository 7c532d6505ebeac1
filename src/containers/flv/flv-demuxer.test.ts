import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { fromHex } from '../../media/bytes/hex.ts';
import { amfObject, type AmfValue, encodeAmf0 } from '../amf/index.ts';
import { aacConfigBody, avcConfigBody } from './cases.ts';
import { FlvDemuxer } from './flv-demuxer.ts';
import { flvHeader, flvTag, tagType } from './tag.ts';

const header = flvHeader({ audio: true, video: true });
const sound = flvTag(tagType.audio, 20, fromHex('af01211004'));

describe('the FLV demuxer', () => {
  test('reads on where PreviousTagSize lies', () => {
    const tag = flvTag(tagType.audio, 0, aacConfigBody);
    tag.fill(0xff, tag.length - 4);
    expect(new FlvDemuxer().push(concatBytes([header, tag, sound])).map(({ type }) => type)).toEqual([
      'track',
      'frame',
    ]);
  });

  test('reads on over empty tags and tags of types that it does not know', () => {
    const strange = flvTag(tagType.audio, 0, fromHex('010203'));
    strange[0] = 15;
    const empty = flvTag(tagType.video, 0, new Uint8Array(0));
    const demuxer = new FlvDemuxer();
    const events = demuxer.push(concatBytes([header, empty, strange, flvTag(tagType.audio, 0, aacConfigBody), sound]));
    expect(events.map(({ type }) => type)).toEqual(['track', 'frame']);
  });

  test('metadata that only has a new creation date is no news', () => {
    const metadata = (entries: Record<string, AmfValue>): Uint8Array =>
      flvTag(tagType.script, 0, encodeAmf0('onMetaData', amfObject(entries)));
    const first = metadata({ framerate: 25, creationdate: 'Sat Nov 21 09:38:10 2026' });
    const second = metadata({ framerate: 25, creationdate: 'Sat Nov 21 09:38:11 2026' });
    const third = metadata({ framerate: 30, creationdate: 'Sat Nov 21 09:38:12 2026' });
    const demuxer = new FlvDemuxer();
    expect(demuxer.push(concatBytes([header, first]))).toHaveLength(1);
    expect(demuxer.push(concatBytes([first, second, second]))).toEqual([]);
    expect(demuxer.push(third)).toHaveLength(1);
  });

  test('reads on over a longer header', () => {
    const long = concatBytes([header.subarray(0, 9), new Uint8Array(7), new Uint8Array(4)]).slice();
    long[8] = 16;
    expect(new FlvDemuxer().push(concatBytes([long, flvTag(tagType.audio, 0, aacConfigBody)]))).toHaveLength(1);
  });

  test('waits for a tail that is cut off', () => {
    const demuxer = new FlvDemuxer();
    expect(
      demuxer.push(concatBytes([header, flvTag(tagType.audio, 0, aacConfigBody), sound.subarray(0, 9)])),
    ).toHaveLength(1);
    expect(demuxer.push(sound.subarray(9))).toHaveLength(1);
  });

  test('encrypted tags are named and left out', () => {
    const tag = flvTag(tagType.video, 0, avcConfigBody);
    tag[0] = 0x29;
    const demuxer = new FlvDemuxer();
    expect(demuxer.push(concatBytes([header, tag]))).toEqual([]);
    expect(demuxer.decoder.unsupported).toEqual([{ kind: 'data', codec: 'encrypted FLV' }]);
  });

  test.each([
    ['a wrong first letter', '47 4c 56 01 05 00 00 00 09'],
    ['a wrong second letter', '46 4d 56 01 05 00 00 00 09'],
    ['a wrong third letter', '46 4c 57 01 05 00 00 00 09'],
    ['no FLV', '47 00 00 00 00 00 00 00 09'],
    ['a header of 4 GiB', '46 4c 56 01 05 ff ff ff ff'],
    ['a header of 3 bytes', '46 4c 56 01 05 00 00 00 03'],
  ])('refuses %s', (_, bytes) => {
    expect(() => new FlvDemuxer().push(fromHex(bytes))).toThrow(ProtocolError);
  });

  test('a size alone makes it keep no room', () => {
    const demuxer = new FlvDemuxer();
    const before = process.memoryUsage().arrayBuffers;
    demuxer.push(concatBytes([header, fromHex('09 ffffff 000000 00 000000')]));
    demuxer.push(new Uint8Array(10_000));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000);
  });
});
