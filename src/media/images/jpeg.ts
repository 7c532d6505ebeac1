import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { orientationOf, orientationSegment } from './exif-orientation.ts';
import type { Picture } from './picture.ts';

// Markers (ITU-T T.81, table B.1).
const [SOI, EOI, SOS, DQT, DHT, DRI] = [0xd8, 0xd9, 0xda, 0xdb, 0xc4, 0xdd];
const [SOF0, SOF2] = [0xc0, 0xc2];
const [APP0, APP1, APP14, APP15, COM] = [0xe0, 0xe1, 0xee, 0xef, 0xfe];
const [RST0, RST7] = [0xd0, 0xd7];
/** Encoders write about ten; each costs whoever shows the picture a pass over all of it. */
const MAX_SCANS = 64;

/**
 * Reads JPEG, baseline and progressive, of 8 bits, as browsers show it. What is behind its end goes: phones put further
 * pictures and notes there (CIPA DC-007). Of Exif only stays which side is up. Throws `ProtocolError`.
 */
export function readJpeg(bytes: Uint8Array): Picture {
  const reader = new ByteReader(bytes, 2);
  const parts = [bytes.subarray(0, 2)];
  let size: { width: number; height: number } | undefined;
  let [scans, turned] = [0, 1];
  for (let marker = nextMarker(reader); marker !== EOI; marker = nextMarker(reader)) {
    const begin = reader.position - 2;
    const length = reader.u16();
    if (length < 2) throw broken('A segment has no length.');
    const data = reader.take(length - 2);
    const segment = bytes.subarray(begin, reader.position);
    if (marker === APP0 || marker === APP14) parts.push(...plainApplication(marker, data));
    else if (marker === APP1 && turned === 1 && scans === 0) {
      turned = orientationOf(data);
      if (turned !== 1) parts.push(orientationSegment(turned));
    } else if ((marker > APP0 && marker <= APP15) || marker === COM) continue;
    else if (marker >= SOF0 && marker <= SOF2) {
      if (size) throw broken('It has a size twice.');
      size = frameSize(data);
      parts.push(segment);
    } else if (marker === SOS) {
      if (!size || ++scans > MAX_SCANS) throw broken('It has too many pixels.');
      skipEntropy(reader);
      parts.push(bytes.subarray(begin, reader.position));
    } else if (marker === DQT || marker === DHT || marker === DRI) parts.push(segment);
    else throw broken('It is of a kind that browsers do not show.');
  }
  if (!size || scans === 0) throw broken('It has no pixels.');
  parts.push(Uint8Array.of(0xff, EOI));
  const { width, height } = turned > 4 ? { width: size.height, height: size.width } : size;
  return { type: 'image/jpeg', width, height, frames: 1, duration: 0, bytes: concatBytes(parts) };
}

/** Any number of 0xff may come before a marker (B.1.1.2). */
function nextMarker(reader: ByteReader): number {
  if (reader.u8() !== 0xff) throw broken('Something is between its parts.');
  let marker = reader.u8();
  while (marker === 0xff) marker = reader.u8();
  if (marker < SOF0 || marker === SOI || (marker >= RST0 && marker <= RST7))
    throw broken('A marker is where none belongs.');
  return marker;
}

/** JFIF without its small picture (JFIF 1.02), and what Adobe says of colours; nothing else of applications. */
function plainApplication(marker: number, data: Uint8Array): Uint8Array[] {
  const starts = (text: string): boolean => [...text].every((letter, at) => data[at] === letter.charCodeAt(0));
  if (marker === APP0 && data.length >= 14 && starts('JFIF\0'))
    return [Uint8Array.of(0xff, APP0, 0, 16, ...data.subarray(0, 12), 0, 0)];
  if (marker === APP14 && data.length >= 12 && starts('Adobe'))
    return [Uint8Array.of(0xff, APP14, 0, 14, ...data.subarray(0, 12))];
  return [];
}

function frameSize(data: Uint8Array): { width: number; height: number } {
  const reader = new ByteReader(data);
  const depth = reader.u8();
  const [height, width] = [reader.u16(), reader.u16()];
  const components = reader.u8();
  if (depth !== 8 || (components !== 1 && components !== 3))
    throw broken('Its pixels are of a kind that is not taken.');
  if (width === 0 || height === 0 || reader.left !== components * 3) throw broken('It has no size.');
  return { width, height };
}

/** Goes to the marker behind coded pixels: not a zero that was put in, and no restart. */
function skipEntropy(reader: ByteReader): void {
  const { bytes } = reader;
  let at = reader.position;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) throw broken('It ends too soon.');
    const next = bytes[at + 1]!;
    if (next === 0xff) at++;
    else if (next === 0 || (next >= RST0 && next <= RST7)) at += 2;
    else break;
  }
  reader.position = at;
}

function broken(words: string): ProtocolError {
  return new ProtocolError(`This JPEG cannot be used. ${words}`);
}
