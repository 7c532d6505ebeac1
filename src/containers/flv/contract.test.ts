import { describe, test } from 'vitest';
import { codecs } from '../../media/codec/table.ts';
import type { Codec } from '../../media/frame.ts';
import { containerContract } from '../contract.ts';
import { FlvDemuxer } from './flv-demuxer.ts';
import { FlvMuxer } from './flv-muxer.ts';

describe('FLV keeps the contract of containers', () => {
  const cases = containerContract({
    muxer: () => new FlvMuxer(),
    demuxer: () => new FlvDemuxer(),
    carries: (Object.keys(codecs) as Codec[]).filter((codec) => !['captions', 'klv', 'id3'].includes(codec)),
    leavesOut: 'captions',
  });
  test.each(cases)('$name', ({ run }) => run());
});
