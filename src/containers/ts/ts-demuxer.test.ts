import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { toHex } from '../../media/bytes/hex.ts';
import { unlessBroken } from '../../media/codec/unless-broken.ts';
import type { Track } from '../../media/frame.ts';
import type { MediaEvent } from '../demuxer.ts';
import { tsCases, type TsSummary } from './cases.ts';
import { TICKS } from './ticks.ts';
import { TsDemuxer } from './ts-demuxer.ts';
import { TsMuxer } from './ts-muxer.ts';

const FURTHER = 0x100;

function read(...chunks: Uint8Array[]): { events: MediaEvent[]; demuxer: TsDemuxer } {
  const demuxer = new TsDemuxer();
  const events = chunks.flatMap((chunk) => demuxer.push(chunk));
  return { events: [...events, ...demuxer.end()], demuxer };
}

const ticksOf = (us: number): number => Math.round((us * TICKS) / 1_000_000);

function summary({ events, demuxer }: ReturnType<typeof read>): TsSummary[] {
  const found = events.map((event): TsSummary => {
    const { id, codec, config } = event.type === 'track' ? event.track : event.frame.track;
    const further = id >= FURTHER ? { id } : {};
    if (event.type === 'track') return { track: codec, ...further, config: toHex(config) };
    const { dts, pts, key, data } = event.frame;
    const times = { dts: ticksOf(dts), ...(pts !== dts && { pts: ticksOf(pts) }) };
    return { frame: codec, ...further, ...times, ...(!key && { key: false }), data: toHex(data) };
  });
  for (const { kind, codec } of demuxer.unsupported) found.push({ unsupported: `${kind} ${codec}` });
  if (demuxer.damaged > 0) found.push({ damaged: demuxer.damaged });
  return found;
}

describe('the MPEG-TS demuxer', () => {
  test.each(tsCases)('reads $name', ({ bytes, value }) => {
    expect(summary(read(bytes))).toEqual(value);
  });

  test.each(tsCases)('reads $name wherever the stream is cut', ({ bytes, value }) => {
    for (let at = 1; at < bytes.length; at++) {
      expect(summary(read(bytes.subarray(0, at), bytes.subarray(at)))).toEqual(value);
    }
    expect(summary(read(...Array.from(bytes, (byte) => Uint8Array.of(byte))))).toEqual(value);
  });

  test.each(tsCases)('throws nothing but a protocol error wherever $name is cut off', ({ bytes }) => {
    for (let length = 0; length < bytes.length; length += 7) unlessBroken(() => read(bytes.subarray(0, length)));
  });

  test.each(tsCases)('what came of $name is the same when it is written again', ({ bytes }) => {
    const { events } = read(bytes);
    const muxer = new TsMuxer();
    const tracks = new Map<number, Track>();
    const parts = events.map((event) => {
      if (event.type === 'frame') return muxer.mux(event.frame);
      tracks.set(event.track.id, event.track);
      return muxer.announce(event.track, [...tracks.values()]);
    });
    const content = (list: readonly MediaEvent[]): unknown[] =>
      list.flatMap((event) =>
        event.type === 'frame' ? [{ codec: event.frame.track.codec, data: toHex(event.frame.data) }] : [],
      );
    expect(content(read(concatBytes(parts)).events)).toEqual(content(events));
  });
});
