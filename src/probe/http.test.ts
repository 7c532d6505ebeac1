import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FlvMuxer } from '../containers/flv/index.ts';
import { Mp4Muxer } from '../containers/mp4/index.ts';
import type { Muxer } from '../containers/muxer.ts';
import { TsMuxer } from '../containers/ts/index.ts';
import { FlvReader } from '../files/recording-reader.ts';
import { concatBytes } from '../media/bytes/bytes.ts';
import { probe } from './probe.ts';

const DEMO = new URL('../../assets/demo.flv', import.meta.url);

/** The demo by a muxer, without its metadata. */
function demoBy(muxer: Muxer): Uint8Array {
  const reader = new FlvReader();
  const frames = reader.push(new Uint8Array(readFileSync(DEMO)));
  const tracks = reader.tracks.filter(({ kind }) => kind !== 'data');
  return concatBytes([muxer.header(tracks), ...frames.map((frame) => muxer.mux(frame))]);
}

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
}

describe('a stream over HTTP is told by its first bytes', () => {
  test.each([
    ['FLV', 'http-flv', new FlvMuxer()],
    ['fragmented MP4', 'http-mp4', new Mp4Muxer()],
    ['MPEG-TS', 'http-ts', new TsMuxer()],
  ] as const)('%s', async (_, format, muxer) => {
    const bytes = demoBy(muxer);
    const url = await serve((response) => {
      // Not enough to tell, then all; the stream has no end.
      response.write(bytes.subarray(0, 5));
      response.write(bytes.subarray(5));
    });
    const report = await probe(url);
    expect(report).toMatchObject({
      format,
      tracks: [
        { kind: 'video', codec: 'h264', codecs: 'avc1.64001f', width: 1280, height: 720, gop: 2 },
        { kind: 'audio', codec: 'aac', codecs: 'mp4a.40.2', sampleRate: 48_000, channels: 2 },
      ],
    });
  });

  test('anything else is refused in words, be it long or short', async () => {
    for (const body of ['hello', 'hello '.repeat(1000)]) {
      const url = await serve((response) => response.end(body));
      await expect(probe(url)).rejects.toThrow('neither FLV nor MP4 nor MPEG-TS');
    }
  });
});
