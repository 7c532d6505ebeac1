import { concatBytes } from '../../media/bytes/bytes.ts';

/** descriptor_tag (ISO/IEC 13818-1, table 2-45; ETSI EN 300 468, table 12). */
export const tag = {
  registration: 0x05,
  metadataPointer: 0x25,
  metadata: 0x26,
  vbiTeletext: 0x46,
  teletext: 0x56,
  subtitling: 0x59,
  ac3: 0x6a,
  eac3: 0x7a,
  dts: 0x7b,
  aac: 0x7c,
  extension: 0x7f,
} as const;

/** descriptor_tag_extension that people use for Opus (opus_audio_descriptor). */
export const OPUS_EXTENSION = 0x80;

/** metadata_application_format and metadata_format that say that four letters name the format (table 2-84). */
export const BY_LETTERS = 0xffff;
export const FORMAT_BY_LETTERS = 0xff;

/** One descriptor of a PMT; `data` is a view. */
export interface Descriptor {
  tag: number;
  data: Uint8Array;
}

/** The descriptors in a loop; one that is cut off ends it. */
export function splitDescriptors(bytes: Uint8Array): Descriptor[] {
  const descriptors: Descriptor[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const end = at + 2 + bytes[at + 1]!;
    if (end > bytes.length) break;
    descriptors.push({ tag: bytes[at]!, data: bytes.subarray(at + 2, end) });
    at = end;
  }
  return descriptors;
}

/** One descriptor as bytes. */
export function descriptor(of: number, ...parts: (Uint8Array | readonly number[])[]): Uint8Array {
  const data = concatBytes(parts.map((part) => Uint8Array.from(part)));
  return concatBytes([Uint8Array.of(of, data.length), data]);
}

/** Four letters as bytes. */
export function letters(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Four letters at an offset; undefined where there are not so many bytes. */
export function lettersAt(bytes: Uint8Array, at: number): string | undefined {
  return at + 4 <= bytes.length ? String.fromCharCode(...bytes.subarray(at, at + 4)) : undefined;
}
