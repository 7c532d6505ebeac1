import { cleanPicture, type PictureLimits } from '../../../src/media/images/clean-picture.ts';
import { bombs, dirty, photo, plain, refused } from '../../../src/media/images/picture-cases.ts';
import { equalBytes } from '../../../src/media/bytes/bytes.ts';
import type { FuzzTarget } from '../target.ts';

const limits: PictureLimits = {
  types: ['image/png', 'image/gif', 'image/webp', 'image/jpeg'],
  minSide: 1,
  maxSide: 4096,
  maxFrames: 200,
  maxDuration: 60_000,
};

/** Pictures that people give: PNG, GIF, WebP and JPEG. */
export const target: FuzzTarget = {
  id: 'F-26',
  title: 'pictures that people give',
  seeds: [
    ...Object.values(plain),
    photo,
    ...[...dirty, ...bombs, ...refused.filter(({ bytes }) => bytes.length > 0)].map(({ bytes }) => bytes),
  ],
  run(bytes) {
    const { width, height, frames, duration, bytes: clean } = cleanPicture(bytes, limits);
    if (![width, height, frames].every((count) => Number.isSafeInteger(count) && count >= 1))
      throw new Error('It has no size.');
    if (!(duration >= 0)) throw new Error('It takes no time that there is.');
    // A short Exif block may become the shortest that there is.
    if (clean.length > bytes.length + 64) throw new Error('It grew.');
  },
  roundTrip(bytes) {
    const once = cleanPicture(bytes, limits);
    const twice = cleanPicture(once.bytes, limits);
    if (!equalBytes(once.bytes, twice.bytes)) throw new Error('It is not clean.');
    if (once.width !== twice.width || once.frames !== twice.frames) throw new Error('It is another picture.');
  },
};
