import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { fromHex } from '../../../src/media/bytes/hex.ts';
import { SECOND } from '../../../src/media/time.ts';
import { configOf, mediaOf, sample } from './media.ts';
import { chunkSize, command, say } from './talk.ts';
import { WirePeer } from './wire-peer.ts';

/** Publishes with sound and picture announced. */
function publisher(): WirePeer {
  const peer = WirePeer.publishing();
  peer.send(configOf(sample.video), configOf(sample.audio));
  return peer;
}

const ms = (peer: WirePeer): number[] => peer.frames.map(({ dts }) => dts / 1000);
const sound = (body = 'af01 21'): string => body;

describe('C-RTMP-03 chunk stream ids', () => {
  test.each([3, 63, 64, 319, 320, 65_599])('C-RTMP-03 the id %i carries a frame', (id) => {
    const basic = id < 64 ? [id] : id < 320 ? [0, id - 64] : [1, (id - 64) & 255, (id - 64) >> 8];
    const peer = publisher();
    peer.send(concatBytes([Uint8Array.from(basic), fromHex(`000028 000003 08 01000000 ${sound()}`)]));
    expect(ms(peer)).toEqual([40]);
  });
});

describe('C-RTMP-04 the four chunk formats', () => {
  test('C-RTMP-04 are read on chunk streams that alternate', () => {
    const peer = publisher();
    const [a, b] = ['04', '05'];
    peer.send(
      fromHex(
        `${a} 0003e8 000003 08 01000000 ${sound()} ${b} 0003f2 000003 08 01000000 ${sound()} ` +
          `44 000014 000003 08 ${sound()} 45 000015 000003 08 ${sound()} 84 000016 ${sound()} 85 000017 ${sound()} ` +
          `c4 ${sound()} c5 ${sound()}`,
      ),
    );
    expect(ms(peer)).toEqual([1000, 1010, 1020, 1031, 1042, 1054, 1064, 1077]);
  });

  test('C-RTMP-04 format 3 that starts a message repeats the delta', () => {
    const peer = publisher();
    peer.send(fromHex(`04 000000 000003 08 01000000 ${sound()} 84 000017 ${sound()} c4 ${sound()} c4 ${sound()}`));
    expect(ms(peer)).toEqual([0, 23, 46, 69]);
  });

  test.each(['44 000000 000003 08', '84 000000', 'c4'])('C-RTMP-04 %s first on a chunk stream is an error', (head) => {
    const peer = WirePeer.publishing();
    peer.send(fromHex(`${head} ${sound()}`));
    expect(peer.closed).toBe('protocol-error');
    expect(peer.talk.codes.at(-1)).toBe('NetStream.Publish.Failed');
    expect(peer.send(mediaOf(sample.audio, 0))).toEqual([]);
  });
});

describe('C-RTMP-06 extended timestamps', () => {
  test.each([0xff_fffe, 0xff_ffff, 0x100_0000])('C-RTMP-06 a picture of many chunks at %i ms', (timestamp) => {
    const peer = publisher();
    peer.send(mediaOf(sample.video, timestamp, { size: 1000 }), mediaOf(sample.video, timestamp + 40, { size: 1000 }));
    expect(ms(peer)).toEqual([timestamp, timestamp + 40]);
    expect(peer.frames.map(({ data }) => data.length)).toEqual([1000, 1000]);
  });

  test('C-RTMP-06 a peer that does not repeat it on format 3 is read as well', () => {
    const peer = publisher();
    const timestamp = 0x100_0000;
    const plain = say(9, new Uint8Array(0));
    expect(plain.length).toBe(12);
    const whole = mediaOf(sample.video, timestamp, { size: 1000 });
    const parts = [whole.subarray(0, 16 + 128)];
    for (let at = 16 + 128; at < whole.length; at += 133)
      parts.push(whole.subarray(at, at + 1), whole.subarray(at + 5, at + 133));
    peer.send(concatBytes(parts), mediaOf(sample.video, timestamp + 40));
    expect(ms(peer)).toEqual([timestamp, timestamp + 40]);
  });

  test('C-RTMP-06 deltas may be extended', () => {
    const peer = publisher();
    peer.send(fromHex(`04 000000 000003 08 01000000 ${sound()} 84 ffffff 01000000 ${sound()} c4 01000000 ${sound()}`));
    expect(ms(peer)).toEqual([0, 0x100_0000, 0x200_0000]);
  });
});

describe('C-RTMP-07 the chunk size', () => {
  test('C-RTMP-07 is 128 until it is changed, between the chunks of other messages as well', () => {
    const peer = publisher();
    const picture = mediaOf(sample.video, 0, { size: 400 });
    const head = 12 + 128;
    peer.send(picture.subarray(0, head), chunkSize(4096), Uint8Array.of(0xc6));
    const rest = [];
    for (let at = head; at < picture.length; at += 129) rest.push(picture.subarray(at + 1, at + 129));
    peer.send(concatBytes(rest), mediaOf(sample.video, 40, { size: 3000, chunkSize: 4096 }));
    expect(peer.frames.map(({ data }) => data.length)).toEqual([400, 3000]);
  });

  test('C-RTMP-07 of one direction says nothing about the other', () => {
    const peer = WirePeer.connected();
    peer.send(chunkSize(1));
    peer.send(say(20, new Uint8Array(0), { chunkSize: 1 }));
    const commands = command('createStream', 2, null);
    const body = [...commands.subarray(12)].flatMap((byte, index) => (index === 0 ? [byte] : [0xc3, byte]));
    peer.send(commands.subarray(0, 12), Uint8Array.from(body));
    expect(peer.talk.commands.at(-1)).toMatchObject({ name: '_result', transaction: 2 });
  });
});

describe('C-RTMP-08 chunk sizes at the edges', () => {
  test('C-RTMP-08 0 is an error', () => {
    const peer = WirePeer.connected();
    peer.send(chunkSize(0));
    expect(peer.closed).toBe('protocol-error');
  });

  test('C-RTMP-08 1 works, but not beyond the budget of small chunks', () => {
    const peer = publisher();
    peer.send(chunkSize(1));
    const bytes = mediaOf(sample.audio, 0, { size: 60_000, chunkSize: 1 });
    peer.send(bytes);
    expect(peer.frames.map(({ data }) => data.length)).toEqual([60_000]);
    for (let i = 0; i < 3; i++) peer.send(bytes);
    expect(peer.closed).toBe('limit-exceeded');
    const patient = publisher();
    patient.send(chunkSize(1));
    for (let i = 0; i < 6; i++) {
      patient.now += SECOND;
      patient.send(bytes);
    }
    expect(patient.frames).toHaveLength(6);
  });

  test.each([134_217_728, 0x7fff_ffff, 0xffff_ffff])(
    'C-RTMP-08 %i is taken for the longest message, and costs no memory',
    (size) => {
      const peer = publisher();
      const before = process.memoryUsage().arrayBuffers;
      peer.send(chunkSize(size));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024);
      peer.send(mediaOf(sample.video, 0, { size: 300_000, chunkSize: 0xff_ffff }));
      expect(peer.frames.map(({ data }) => data.length)).toEqual([300_000]);
    },
  );
});

describe('C-RTMP-09 an abort message', () => {
  test('C-RTMP-09 drops the unfinished message and nothing else', () => {
    const peer = publisher();
    const picture = mediaOf(sample.video, 0, { size: 400 });
    const other = mediaOf(sample.audio, 10, { size: 300 });
    peer.send(picture.subarray(0, 140), other.subarray(0, 140));
    peer.send(say(2, Uint8Array.of(0, 0, 0, 6), { streamId: 0, chunkStream: 2 }));
    peer.send(other.subarray(140), mediaOf(sample.video, 40));
    expect(ms(peer)).toEqual([10, 40]);
  });
});

describe('C-RTMP-16 an aggregate message', () => {
  test('C-RTMP-16 is split with the right times', () => {
    const peer = publisher();
    const part = (type: string, time: string, body: string): string =>
      `${type} ${(body.replaceAll(' ', '').length / 2).toString(16).padStart(6, '0')} ${time} 000000 ${body} 00000000`;
    const picture = '27 01 000000 00000002 419a';
    const body = fromHex(
      `${part('08', '00006400', sound())} ${part('09', '00007d00', picture)} ${part('08', '00008100', sound())}`,
    );
    peer.send(say(22, body, { timestamp: 5000 }));
    expect(peer.frames.map(({ track, dts }) => [track.kind, dts / 1000])).toEqual([
      ['audio', 5000],
      ['video', 5025],
      ['audio', 5029],
    ]);
  });
});
