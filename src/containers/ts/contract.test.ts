import { describe, test } from 'vitest';
import { containerContract } from '../contract.ts';
import type { Demuxer, MediaEvent } from '../demuxer.ts';
import { TS_ORIGIN } from './ticks.ts';
import { TsDemuxer } from './ts-demuxer.ts';
import { TsMuxer } from './ts-muxer.ts';

/** Takes back what the muxer adds to every time, so that no time that is written is negative. */
class FromOrigin implements Demuxer {
  readonly #demuxer = new TsDemuxer();

  push(bytes: Uint8Array): MediaEvent[] {
    return this.#demuxer.push(bytes).map((event) => {
      if (event.type === 'track') return event;
      const { dts, pts } = event.frame;
      return { type: 'frame', frame: { ...event.frame, dts: dts - TS_ORIGIN, pts: pts - TS_ORIGIN } };
    });
  }
}

describe('MPEG-TS keeps the contract of containers', () => {
  const cases = containerContract({
    muxer: () => new TsMuxer(),
    demuxer: () => new FromOrigin(),
    carries: ['h264', 'h265', 'aac', 'mp3', 'opus', 'ac3', 'eac3', 'klv', 'id3'],
    leavesOut: 'captions',
    configsInFrames: 'Tables tell codecs, PIDs and little else; parameter sets and headers are in the streams.',
    forgets: { opus: 'A descriptor tells the channels alone, and nothing of what the decoder skips at the start.' },
  });
  test.each(cases)('$name', ({ run }) => run());
});
