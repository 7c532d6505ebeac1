import { describe, test } from 'vitest';
import { codecs } from '../../media/codec/table.ts';
import type { Codec } from '../../media/frame.ts';
import { containerContract } from '../contract.ts';
import { Mp4Demuxer } from './mp4-demuxer.ts';
import { Mp4Muxer } from './mp4-muxer.ts';

describe('MP4 keeps the contract of containers', () => {
  const cases = containerContract({
    muxer: () => new Mp4Muxer(),
    demuxer: () => new Mp4Demuxer(),
    // Events of ID3 have no track in the file, whose number could come back.
    carries: (Object.keys(codecs) as Codec[]).filter((codec) => codecs[codec].kind !== 'data'),
    leavesOut: 'captions',
    composition: {
      most: 1_988_000,
      reason: 'A composition offset has 32 bits with a sign, in ticks below a microsecond.',
    },
  });
  test.each(cases)('$name', ({ run }) => run());
});
