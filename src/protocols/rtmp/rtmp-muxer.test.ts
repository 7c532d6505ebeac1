import { describe, expect, test } from 'vitest';
import { containerContract } from '../../containers/contract.ts';
import { sample } from '../../containers/contract-samples.ts';
import type { Demuxer, MediaEvent } from '../../containers/demuxer.ts';
import { FlvTagDecoder, tagType } from '../../containers/flv/index.ts';
import { fromHex } from '../../media/bytes/hex.ts';
import { caseLimits } from './cases.ts';
import { ChunkReader } from './chunk-reader.ts';
import { messageType } from './message.ts';
import { RtmpMuxer } from './rtmp-muxer.ts';

/** Set Chunk Size, as the server's answer to connect has it. */
const LARGE_CHUNKS = fromHex('02 000000 000004 01 00000000 00010000');

/** Reads what players read. */
class RtmpDemuxer implements Demuxer {
  readonly #chunks = new ChunkReader({ ...caseLimits, message: 0xff_ffff, partial: 0x200_0000, chunkRate: Infinity });
  readonly #decoder = new FlvTagDecoder();

  constructor() {
    this.#chunks.push(LARGE_CHUNKS);
  }

  push(bytes: Uint8Array): MediaEvent[] {
    this.#chunks.push(bytes);
    const events: MediaEvent[] = [];
    for (let message = this.#chunks.next(0); message; message = this.#chunks.next(0)) {
      const { type, timestamp, body, streamId } = message;
      if (streamId !== 1) throw new Error(`A message has the stream id ${streamId}.`);
      const tag = type === messageType.audio || type === messageType.video ? type : tagType.script;
      events.push(...this.#decoder.decode(tag, timestamp, body));
    }
    return events;
  }
}

const contract = containerContract({
  muxer: () => new RtmpMuxer(),
  demuxer: () => new RtmpDemuxer(),
  carries: ['h264', 'aac', 'mp3', 'amf'],
  leavesOut: 'captions',
});

describe('the RTMP muxer', () => {
  // Chunks have no mark of their own: noise is only found out by what it asks for.
  test.each(contract.filter(({ name }) => name !== 'a demuxer that met an error is dead'))('$name', ({ run }) => run());

  test('writes for another message stream where it is told to', () => {
    const reader = new ChunkReader(caseLimits);
    reader.push(LARGE_CHUNKS);
    reader.push(new RtmpMuxer({ streamId: 77 }).header([sample.audio]));
    const ids: number[] = [];
    for (let message = reader.next(0); message; message = reader.next(0)) ids.push(message.streamId);
    expect(ids).toEqual([77, 77]);
  });

  test('writes nothing for a frame that no message can hold', () => {
    const frame = { track: sample.video, dts: 0, pts: 0, key: true, data: new Uint8Array(0xff_fffb) };
    expect(new RtmpMuxer().mux(frame)).toHaveLength(0);
    expect(new RtmpMuxer().mux({ ...frame, data: frame.data.subarray(1) }).length).toBeGreaterThan(0xff_ffff);
  });
});
