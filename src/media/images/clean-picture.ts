import { type ErrorDetail, ProtocolError } from '../../errors.ts';
import { readGif } from './gif.ts';
import { readJpeg } from './jpeg.ts';
import type { Picture, PictureType } from './picture.ts';
import { readPng } from './png.ts';
import { readWebp } from './webp.ts';

/** What a picture may be; what is above is refused before anything is decoded. */
export interface PictureLimits {
  readonly types: readonly PictureType[];
  /** Pixels of the shorter side at least, and of the longer side at most. */
  readonly minSide: number;
  readonly maxSide: number;
  /** Pictures of an animation; 1 allows none. */
  readonly maxFrames: number;
  /** How long it takes once. ms */
  readonly maxDuration: number;
}

const SIGNATURES: readonly { type: PictureType; pattern: RegExp; read(bytes: Uint8Array): Picture }[] = [
  { type: 'image/png', pattern: /^\x89PNG\r\n\x1a\n/, read: readPng },
  { type: 'image/gif', pattern: /^GIF8[79]a/, read: readGif },
  { type: 'image/webp', pattern: /^RIFF[^]{4}WEBP/, read: readWebp },
  { type: 'image/jpeg', pattern: /^\xff\xd8\xff/, read: readJpeg },
];
/** The longest of them. */
const SIGNATURE = 12;

/**
 * Reads a picture by its bytes, whatever it is called, and writes it anew without what it does not need. Nothing is
 * decompressed. Throws `protocol-error` for what is no whole picture of one of the types and nothing else, and
 * `limit-exceeded`.
 */
export function cleanPicture(bytes: Uint8Array, limits: PictureLimits): Picture {
  const head = String.fromCharCode(...bytes.subarray(0, SIGNATURE));
  const kind = SIGNATURES.find(({ pattern }) => pattern.test(head));
  if (!kind || !limits.types.includes(kind.type)) {
    const names = limits.types.map((type) => type.slice('image/'.length).toUpperCase());
    throw new ProtocolError(`This is no picture of a kind that is taken here: ${names.join(', ')}.`);
  }
  const picture = kind.read(bytes);
  const { width, height, frames, duration } = picture;
  const { minSide, maxSide, maxFrames, maxDuration } = limits;
  if (Math.max(width, height) > maxSide)
    throw tooMuch(`has more than ${maxSide} pixels on a side`, { why: 'picture-large', limit: maxSide });
  if (Math.min(width, height) < minSide)
    throw tooMuch(`has less than ${minSide} pixels on a side`, { why: 'picture-small', limit: minSide });
  if (frames > maxFrames)
    throw maxFrames > 1
      ? tooMuch(`has more than ${maxFrames} frames`, { why: 'picture-frames', limit: maxFrames })
      : tooMuch('moves, which it may not here', { why: 'picture-moves' });
  if (duration > maxDuration)
    throw tooMuch(`takes longer than ${maxDuration / 1000} s`, { why: 'picture-long', limit: maxDuration / 1000 });
  return picture;
}

function tooMuch(words: string, detail: ErrorDetail): ProtocolError {
  return new ProtocolError(`The picture ${words}.`, 'limit-exceeded', detail);
}
