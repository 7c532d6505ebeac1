import type { Codec } from '../../media/frame.ts';

/** Bit that marks a header with a FourCC (Enhanced RTMP, ExVideoTagHeader), and the SoundFormat that does. */
export const EX_VIDEO = 0x80;
export const EX_AUDIO = 9;

/** The names that Enhanced RTMP gives to codecs, all that it has. */
const names: Readonly<Partial<Record<Codec, string>>> = {
  h264: 'avc1',
  h265: 'hvc1',
  av1: 'av01',
  vp9: 'vp09',
  vp8: 'vp08',
  aac: 'mp4a',
  mp3: '.mp3',
  opus: 'Opus',
  flac: 'fLaC',
  ac3: 'ac-3',
  eac3: 'ec-3',
};

const bytes = new Map(
  Object.entries(names).map(([codec, name]) => [
    codec as Codec,
    Uint8Array.from(name, (letter) => letter.charCodeAt(0)),
  ]),
);
const byNumber = new Map([...bytes].map(([codec, name]) => [new DataView(name.buffer).getUint32(0), codec]));

/** True for the first byte of a video body that is in the form of Enhanced RTMP. */
export function isFourCc(first: number): boolean {
  return (first & EX_VIDEO) !== 0;
}

/** A codec's FourCC; undefined for one that has none. */
export function fourCcOf(codec: Codec): string | undefined {
  return names[codec];
}

/** The codec of a FourCC as a number; undefined for one that we do not know. */
export function codecOf(fourCc: number): Codec | undefined {
  return byNumber.get(fourCc);
}

/** A FourCC as a number in four characters: what is no letter, digit, space, dot or hyphen is shown as a question mark. */
export function fourCcWords(fourCc: number): string {
  const characters = [24, 16, 8, 0].map((bits) => String.fromCharCode((fourCc >>> bits) & 0xff));
  return characters.join('').replaceAll(/[^A-Za-z0-9 .-]/g, '?');
}

/** A codec's FourCC as bytes, which are shared. */
export function fourCcBytes(codec: Codec): Uint8Array {
  return bytes.get(codec)!;
}
