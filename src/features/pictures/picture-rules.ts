import { createHash } from 'node:crypto';
import { ProtocolError, RoomcastError } from '../../errors.ts';
import type { RawBody } from '../../io/http.ts';
import { cleanPicture, type PictureLimits } from '../../media/images/clean-picture.ts';
import type { Picture } from '../../media/images/picture.ts';

/** What is taken as a picture of one purpose. */
export interface PictureRule {
  readonly limits: PictureLimits;
  readonly takes: RawBody;
}

function rule(bytes: number, limits: PictureLimits): PictureRule {
  return { limits, takes: { bytes, types: limits.types } };
}

/**
 * Shown as high as a line of text, or a few: 512 pixels are enough for any screen. A chat is full of them at once, so they
 * are light, and none moves for longer than people watch it.
 */
export const emoteRule: PictureRule = rule(256 * 1024, {
  types: ['image/png', 'image/webp', 'image/gif'],
  minSide: 16,
  maxSide: 512,
  maxFrames: 120,
  maxDuration: 15_000,
});

/** Shown as wide as a page: a photo of a phone fits, with 17 megapixels at most to decode. It stands still. */
export const coverRule: PictureRule = rule(2 * 1024 * 1024, {
  types: ['image/jpeg', 'image/png', 'image/webp'],
  minSide: 16,
  maxSide: 4096,
  maxFrames: 1,
  maxDuration: 0,
});

/** What can be written between two colons, in any chat and without a thought. */
const NAME = /^[a-z0-9_]{2,32}$/;

/** A picture that somebody gave, without what is not needed to show it. Throws `bad-request`, `limit-exceeded`. */
export function readPicture(body: unknown, { limits }: PictureRule): Picture {
  try {
    return cleanPicture(body as Uint8Array, limits);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new RoomcastError(error.code === 'limit-exceeded' ? error.code : 'bad-request', error.message, {
      detail: error.detail ?? { why: 'picture' },
    });
  }
}

/** Throws `bad-request`. */
export function checkEmoteName(name: string): string {
  if (NAME.test(name)) return name;
  throw new RoomcastError('bad-request', 'The name of an emote has 2 to 32 of the letters a-z, digits and _.', {
    detail: { why: 'emote-name' },
  });
}

/** What stands for bytes in an address: another picture has another. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}
