import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FlvDemuxer } from '../../src/containers/flv/index.ts';
import { probe } from '../../src/probe/probe.ts';
import { push } from '../../src/push/push.ts';
import { testWith } from '../programs.ts';
import { root, until } from '../servers.ts';
import { compare } from './compare.ts';
import { ANNOUNCED, openEnhancedStage } from './enhanced-show.ts';
import { ask } from './judge/judge.ts';
import type { Verdict } from './judge/verdict.ts';
import type { Packet } from './packets.ts';

/** RTMP rounds times to the millisecond. */
const MAX_OFFSET_MS = 1;
/** In an Enhanced tag: where the payload begins behind kind and FourCC, and the packet type of coded frames. */
const [PAYLOAD, CODED_FRAMES] = [5, 1];
/** An OBU that some write before each picture of AV1 and that is passed over. */
const TEMPORAL_DELIMITER = 0x1200;

/** Enhanced FLV of AV1 and Opus that others made; test/fixtures/README.md says who. */
const streams: { name: string; width: number; height: number; channels: number }[] = [
  { name: 'bbb-av1-opus.flv', width: 960, height: 540, channels: 2 },
  { name: 'testsrc2-av1-opus.flv', width: 980, height: 540, channels: 1 },
];
const protocols = ['rtmp', 'http'] as const;

function fileOf(name: string): string {
  return join(root, 'test', 'fixtures', name);
}

describe('a recording that others made', () => {
  test.each(streams)('$name is read whole', async ({ name, width, height, channels }) => {
    const demuxer = new FlvDemuxer();
    demuxer.push(new Uint8Array(readFileSync(fileOf(name))));
    const { dropped, unsupported } = demuxer.decoder;
    expect({ dropped, unsupported }).toEqual({ dropped: 0, unsupported: [] });
    const { tracks } = await probe(fileOf(name));
    expect(tracks).toMatchObject([
      { codec: 'av1', width, height },
      { codec: 'opus', sampleRate: 48_000, channels },
    ]);
  });

  let shown: Promise<Shown[]> | undefined;
  for (const [index, { name, width, height, channels }] of streams.entries()) {
    for (const protocol of protocols) {
      testWith(['ffmpeg'], `${name}, pushed → FFmpeg 8 by ${protocol}`, {}, async () => {
        const { complaints, tracks, packets } = (await (shown ??= Promise.all(streams.map(show))))[index]![protocol];
        expect(complaints).toBe('');
        const sent = packetsOf(fileOf(name));
        const { faults, offsetMs, pictures, sounds } = compare(sent, packets);
        expect(faults).toEqual([]);
        expect(offsetMs).toBeLessThanOrEqual(MAX_OFFSET_MS);
        expect(pictures + sounds).toBe(sent.length);
        expect(tracks).toMatchObject([
          { codec: 'av1', width, height, decoded: pictures },
          { codec: 'opus', channels, decoded: sounds },
        ]);
      });
    }
  }
});

type Shown = Record<(typeof protocols)[number], Verdict>;

/** Pushed once, to both players. */
async function show({ name }: { name: string }): Promise<Shown> {
  const { server, rtmp: address, http: base } = await openEnhancedStage();
  const url = `${address}/live/film`;
  const watching = Promise.all([
    ask({ task: 'read', url, announces: ANNOUNCED }),
    ask({ task: 'read', url: `${base}/live/film.flv` }),
  ]);
  await until('both wait', () => server.hub.viewers('live/film') === 2, 60_000);
  const [[rtmp, http]] = await Promise.all([watching, push(fileOf(name), url).done]);
  return { rtmp, http };
}

/** The coded frames in a file of Enhanced FLV, by an own reading of it: FFmpeg 8 does not open files that begin so. */
function packetsOf(path: string): Packet[] {
  const file = readFileSync(path);
  const packets: Packet[] = [];
  for (let at = 13, next = at; at + 11 <= file.length; at = next) {
    const body = file.subarray(at + 11, at + 11 + file.readUIntBE(at + 1, 3));
    next = at + 11 + body.length + 4;
    const kind = { 8: 'audio', 9: 'video' }[file[at]! & 31] as Packet['kind'] | undefined;
    if (!kind || (body[0]! & 15) !== CODED_FRAMES) continue;
    const isMarked = kind === 'video' && body.readUInt16BE(PAYLOAD) === TEMPORAL_DELIMITER;
    const data = body.subarray(PAYLOAD + (isMarked ? 2 : 0));
    const time = file.readUIntBE(at + 4, 3) / 1000;
    const key = kind === 'audio' || ((body[0]! >> 4) & 7) === 1;
    packets.push({ kind, pts: time, dts: time, size: data.length, key, sum: crc32(data).toString(16) });
  }
  return packets;
}
