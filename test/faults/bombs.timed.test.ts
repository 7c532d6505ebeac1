import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished } from 'vitest';
import { frame, PREFACE } from '../http2-frames.ts';
import { testWith } from '../programs.ts';
import { publish } from '../publish.ts';
import { RawSocket } from '../raw-socket.ts';
import { until } from '../servers.ts';
import { Control, expectUnharmed } from './control.ts';
import { report } from './report.ts';
import { listedSegments } from './stalled-download.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** What all of them together may leave behind, in bytes. */
const MEMORY = 2 * 2 ** 20;
/** HTTP/2 frames (RFC 9113 §6.2, §6.5) and their flags. */
const [HEADERS, SETTINGS] = [1, 4];
const END_BOTH = 5;

/** A field of 3900 bytes that goes into the table (RFC 7541 §6.2.1), and is then named by a byte, again and again. */
function packedFields(count: number): Buffer {
  const request = [Buffer.of(0x82, 0x87, 0x04, 8), Buffer.from('/healthz')];
  const field = [Buffer.of(0x40, 4), Buffer.from('x-aa'), Buffer.of(0x7f, 0xbd, 0x1d), Buffer.alloc(3900, 0x61)];
  return Buffer.concat([...request, ...field, Buffer.alloc(count, 0xbe)]);
}

/** Status of the answer to a request with one header more, over a connection of its own. */
async function statusOf(port: number, path: string, header = ''): Promise<number> {
  const raw = await RawSocket.open(port);
  onTestFinished(() => raw.destroy());
  raw.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${header && `${header}\r\n`}Connection: close\r\n\r\n`);
  const { status } = await raw.head();
  raw.destroy();
  return status;
}

describe('S-41 requests that are made to cost much', () => {
  testWith(
    ['ffmpeg'],
    'S-41 for lists and segments are answered or refused, and leave nothing behind',
    {},
    async () => {
      const server = await WatchedServer.startSecure();
      const control = await Control.beside(server);
      // Its segments are so small that memory shows what requests leave.
      await publish('audio-only', `${server.rtmp}/live/small`, { loop: true });
      const entry = '/live/small/index.m3u8';
      await until('it is live', async () => (await fetch(server.http + entry)).status === 200);
      await until('segments are listed', async () => (await listedSegments(server.http + entry)).length > 2);
      const segment = new URL((await listedSegments(server.http + entry))[0]!).pathname;
      const list = segment.replace(/-\d+\.m4s$/, '.m3u8');
      const bombs: { path: string; header?: string; status: number }[] = [
        { path: segment, header: `Range: bytes=${'0-0,'.repeat(3000)}1-1`, status: 200 },
        { path: segment, header: `Range: bytes=${'9'.repeat(10_000)}-`, status: 200 },
        { path: segment, header: `If-None-Match: ${'"a",'.repeat(3000)}"b"`, status: 200 },
        { path: entry, header: `Accept-Encoding: ${'gzip;q=0,'.repeat(1500)}br`, status: 200 },
        { path: entry, header: `Cookie: ${'roomcast-viewer=a; '.repeat(700)}`, status: 200 },
        { path: entry, header: `Cookie: ${'a=b; '.repeat(10_000)}`, status: 431 },
        { path: `${list}?_HLS_msn=${'9'.repeat(10_000)}`, status: 400 },
        { path: `${list}?_HLS_msn=1e300&_HLS_part=1e300`, status: 400 },
        { path: `${list}?${'_HLS_msn=1&'.repeat(1000)}`, status: 200 },
        { path: `${list}?${'a=b&'.repeat(3000)}`, status: 200 },
        { path: `/${'live/'.repeat(2000)}index.m3u8`, status: 400 },
        { path: `/live/small/hls/${'a'.repeat(10_000)}/mp4/main.m3u8`, status: 404 },
      ];
      const round = async (): Promise<void> => {
        const statuses: number[] = [];
        for (const { path, header } of bombs) statuses.push(await statusOf(server.httpPort, path, header));
        expect(statuses).toEqual(bombs.map(({ status }) => status));
      };
      await round();
      await packed(server.secure.https);
      const before = await server.health();
      for (let i = 0; i < 20; i++) await round();
      for (let i = 0; i < 20; i++) await packed(server.secure.https);
      const after = await server.health();
      const left = after.heap + after.external - before.heap - before.external;
      expect(left, 'bytes that are left behind').toBeLessThan(MEMORY);
      const gap = expectUnharmed(control);
      report('S-41', `${Math.round(left / 1024)} KiB left behind, longest gap ${gap} ms`);
      await expectNoFault(server);
    },
  );
});

/** Headers that are 40 MB when they are unpacked, over HTTP/2: no answer but an end of the stream, or of the connection. */
async function packed(port: number): Promise<void> {
  const socket = connectTls({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], rejectUnauthorized: false });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  let answer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => (answer = Buffer.concat([answer, bytes])));
  socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), frame(HEADERS, END_BOTH, 1, packedFields(10_000))]));
  await until('it is refused', () => socket.closed || framesIn(answer).some(({ type }) => type === 3 || type === 7));
  expect(framesIn(answer).filter(({ type }) => type === HEADERS)).toEqual([]);
  socket.destroy();
}

function framesIn(bytes: Buffer): { type: number }[] {
  const frames: { type: number }[] = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) frames.push({ type: bytes[at + 3]! });
  return frames;
}
