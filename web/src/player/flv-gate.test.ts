import { describe, expect, test } from 'vitest';
import { FlvGate, type Passed } from './flv-gate.ts';
import { codecOf } from './flv-tag.ts';

function tag(type: number, time: number, body: number[]): Uint8Array {
  const size = [(body.length >> 16) & 255, (body.length >> 8) & 255, body.length & 255];
  const times = [(time >> 16) & 255, (time >> 8) & 255, time & 255, (time >>> 24) & 255];
  return new Uint8Array([type, ...size, ...times, 0, 0, 0, ...body, 0, 0, 0, body.length + 11]);
}

const header = (flags: number): Uint8Array => new Uint8Array([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0]);
const avc = (sps = 1): Uint8Array => tag(9, 0, [0x17, 0, 0, 0, 0, sps]);
const aac = (): Uint8Array => tag(8, 0, [0xaf, 0, 0x11, 0x90]);
const key = (time: number, cts = 0): Uint8Array => tag(9, time, [0x17, 1, 0, 0, cts, 9]);
const inter = (time: number): Uint8Array => tag(9, time, [0x27, 1, 0, 0, 0, 9]);
const sound = (time: number): Uint8Array => tag(8, time, [0xaf, 1, 7]);
const mp3 = (time: number): Uint8Array => tag(8, time, [0x2f, 7]);

function join(parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** Times and types of the tags that passed. */
function tags(bytes: Uint8Array): { type: number; time: number }[] {
  const found: { type: number; time: number }[] = [];
  for (let at = 13; at < bytes.length;) {
    const size = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    found.push({
      type: bytes[at]!,
      time: (bytes[at + 4]! << 16) | (bytes[at + 5]! << 8) | bytes[at + 6]! | (bytes[at + 7]! << 24),
    });
    at += 11 + size + 4;
  }
  return found;
}

const start = [header(5), avc(), aac(), key(60_000, 40), sound(60_010), inter(60_040)];

test('times begin at 0, and the stream’s time of that 0 is remembered', () => {
  const gate = new FlvGate();
  const { bytes, change } = gate.push(join(start));
  expect(change).toBeUndefined();
  expect(gate.base).toBe(60_000);
  expect(gate.reorder).toBe(40);
  expect(gate.latest).toBe(60_040);
  expect(tags(bytes).map(({ time }) => time)).toEqual([0, 0, 0, 10, 40]);
});

test('the same comes out however the bytes are cut', () => {
  const all = join(start);
  const whole = new FlvGate().push(all).bytes;
  for (let cut = 1; cut < all.length; cut++) {
    const gate = new FlvGate();
    expect(join([gate.push(all.slice(0, cut)).bytes, gate.push(all.slice(cut)).bytes])).toEqual(new Uint8Array(whole));
  }
});

test('times above 2^31 ms are no trouble', () => {
  const gate = new FlvGate();
  const base = 2 ** 31 + 5;
  const { bytes } = gate.push(join([header(1), avc(), key(base), inter(base + 40)]));
  expect(gate.base).toBe(base);
  expect(tags(bytes).map(({ time }) => time)).toEqual([0, 0, 40]);
});

test('sound from before the first picture is left out', () => {
  const gate = new FlvGate();
  const { bytes } = gate.push(join([header(5), avc(), aac(), sound(980), key(1000), sound(1001)]));
  expect(tags(bytes).map(({ time }) => time)).toEqual([0, 0, 0, 1]);
});

test('a kind that is announced but does not come is not waited for', () => {
  const gate = new FlvGate();
  gate.push(join([header(5), avc(), aac(), key(0), inter(480)]));
  expect(gate.base).toBeUndefined();
  const { bytes } = gate.push(inter(520));
  expect(gate.kinds).toEqual(['video']);
  expect(bytes[4]).toBe(1);
  expect(tags(bytes).every(({ type }) => type === 9)).toBe(true);
});

describe('joining anew is asked for', () => {
  const after = (...more: Uint8Array[]): Passed => {
    const gate = new FlvGate();
    gate.push(join(start));
    return gate.push(join(more));
  };

  test('when the codec’s configuration changes, not when it is repeated', () => {
    expect(after(avc(1), key(60_080)).change).toBeUndefined();
    expect(after(avc(2), key(60_080)).change).toBe('config');
  });

  test('when sound comes that was not announced', () => {
    const gate = new FlvGate();
    gate.push(join([header(1), avc(), key(0), inter(40)]));
    expect(gate.push(sound(60)).change).toBe('late-track');
  });

  test('when one kind stops, not when both pause', () => {
    expect(after(key(68_000), sound(68_010), inter(68_040)).change).toBeUndefined();
    expect(after(...Array.from({ length: 80 }, (_, i) => inter(60_080 + i * 40))).change).toBeUndefined();
    expect(after(...Array.from({ length: 120 }, (_, i) => inter(60_080 + i * 40))).change).toBe('lost-track');
  });

  test('when the clock jumps back', () => {
    expect(after(key(10)).change).toBe('gap');
  });

  test('at a gap in MP3, which plays without times', () => {
    const gate = new FlvGate();
    gate.push(join([header(5), avc(), key(0), mp3(0), mp3(26)]));
    expect(gate.push(mp3(52)).change).toBeUndefined();
    expect(gate.push(mp3(5000)).change).toBe('gap');
  });
});

const fourCc = (name: string): number[] => [...name].map((letter) => letter.charCodeAt(0));
const hevc = (): Uint8Array => tag(9, 0, [0x90, ...fourCc('hvc1'), 1, 2]);
const hevcKey = (time: number): Uint8Array => tag(9, time, [0x93, ...fourCc('hvc1'), 9]);
const hevcInter = (time: number): Uint8Array => tag(9, time, [0xa3, ...fourCc('hvc1'), 9]);
const opus = (): Uint8Array =>
  tag(8, 0, [0x90, ...fourCc('Opus'), ...fourCc('OpusHead'), 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const opusSound = (time: number): Uint8Array => tag(8, time, [0x91, ...fourCc('Opus'), 0xfc, 7]);

describe('what cannot be played here', () => {
  const without = (...codecs: string[]): FlvGate => new FlvGate((_kind, codec) => !codecs.includes(codec));

  test('is left out, and the other kind plays alone', () => {
    const gate = without('h265');
    const { bytes, change } = gate.push(
      join([header(5), hevc(), aac(), hevcKey(0), sound(10), hevcInter(40), sound(33)]),
    );
    expect(change).toBeUndefined();
    expect(gate.kinds).toEqual(['audio']);
    expect(bytes[4]).toBe(4);
    expect(tags(bytes)).toEqual([8, 8, 8].map((type, index) => ({ type, time: [0, 0, 23][index] })));
    expect(gate.push(join([hevcKey(80), sound(56)])).change).toBeUndefined();
    const deaf = without('opus');
    expect(tags(deaf.push(join([header(5), avc(), opus(), key(0), opusSound(5), inter(40)])).bytes)).toEqual(
      [0, 0, 40].map((time) => ({ type: 9, time })),
    );
  });

  test('is told when it is all there is', () => {
    expect(without('h265', 'opus').push(join([header(5), hevc(), opus()])).change).toBe('unplayable');
    expect(without('h265').push(join([header(1), hevc()])).change).toBe('unplayable');
    expect(without('h265').push(join([header(5), hevc(), hevcKey(0)])).change).toBeUndefined();
  });

  test('is joined anew when its codec changes, and so is what can be played', () => {
    const gate = without('h265');
    gate.push(join([header(5), hevc(), aac(), hevcKey(0), sound(10)]));
    expect(gate.push(avc()).change).toBe('config');
    const other = without('h265');
    other.push(join(start));
    expect(other.push(hevc()).change).toBe('config');
  });

  test('is not kept while the other kind is awaited', () => {
    const gate = without('h265');
    gate.push(join([header(5), hevc(), ...Array.from({ length: 50 }, (_, i) => hevcInter(i * 40))]));
    expect(gate.held).toBe(0);
    const { bytes } = gate.push(join([aac(), sound(2000)]));
    expect(tags(bytes)).toHaveLength(2);
  });
});

test('a FLAC config loses the mark that the player library does not expect, and nothing else', () => {
  const block = [0x80, 0, 0, 34, ...Array.from({ length: 34 }, (_, i) => i)];
  const config = (...mark: number[]): Uint8Array => tag(8, 0, [0x90, ...fourCc('fLaC'), ...mark, ...block]);
  const frame = tag(8, 7, [0x91, ...fourCc('fLaC'), ...fourCc('fLaC'), 1]);
  const passed = (bytes: Uint8Array): Uint8Array => new FlvGate().push(join([header(4), bytes, frame])).bytes;
  expect(passed(config(...fourCc('fLaC')))).toEqual(passed(config()));
  expect(passed(config())).toEqual(new Uint8Array(join([header(4), config(), tag(8, 0, [...frame.slice(11, -4)])])));
});

test('the codec of a tag is known by number or by FourCC', () => {
  const codecs = [avc(), aac(), mp3(0), hevc(), opus(), tag(9, 0, [0x1c, 1, 0]), tag(9, 0, [0x91, ...fourCc('vp09')])];
  expect(codecs.map((bytes) => codecOf(bytes[0] === 8 ? 'audio' : 'video', bytes))).toEqual([
    'h264',
    'aac',
    'mp3',
    'h265',
    'opus',
    'h265',
    'vp9',
  ]);
  expect(codecOf('audio', tag(8, 0, [0x7e]))).toBe('pcma');
  expect(codecOf('audio', tag(8, 0, [0x91, ...fourCc('ec-3')]))).toBe('eac3');
  expect(codecOf('video', tag(9, 0, [0x14]))).toBe('video 4');
});

test('metadata of Enhanced FLV does not pass', () => {
  const gate = new FlvGate();
  gate.push(join([header(1), avc(), key(0), inter(40)]));
  for (const first of [0x94, 0x96, 0x97]) {
    expect(gate.push(tag(9, 50, [first, 0x61, 0x76, 0x30, 0x31, 1]))).toEqual({ bytes: new Uint8Array(0) });
  }
});

test('what is not FLV, or claims an endless tag, throws', () => {
  expect(() => new FlvGate().push(new TextEncoder().encode('<!doctype html>'))).toThrow('not FLV');
  expect(() =>
    new FlvGate().push(join([header(1), new Uint8Array([9, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0])])),
  ).not.toThrow();
});
