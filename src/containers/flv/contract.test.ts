import { describe, test } from 'vitest';
import { containerContract } from '../contract.ts';
import { FlvDemuxer } from './flv-demuxer.ts';
import { FlvMuxer } from './flv-muxer.ts';

describe('FLV keeps the contract of containers', () => {
  const cases = containerContract({
    muxer: () => new FlvMuxer(),
    demuxer: () => new FlvDemuxer(),
    carries: ['h264', 'aac', 'mp3', 'amf'],
    leavesOut: 'captions',
  });
  test.each(cases)('$name', ({ run }) => run());
});
