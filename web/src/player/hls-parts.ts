import type HlsLibrary from 'hls.js';
import type { HlsConfig, LevelDetails, MediaFragment } from 'hls.js';

/** Sound may end so much before the picture of its segment: its next frame is in the next one. s */
const SHORT = 0.1;

/**
 * Goes on with the first part of the next segment where nothing but the last frame of a sound is missing in the one before.
 * hls.js 1.7 looks for more of that segment then; where what is missing is so little that it takes it for whole, it finds
 * nothing to load, and playback stands still.
 */
export function partLoading(library: typeof HlsLibrary): Pick<HlsConfig, 'streamController'> {
  class PartLoader extends library.DefaultConfig.streamController {
    protected override getFragmentAtPosition(end: number, edge: number, details: LevelDetails): MediaFragment | null {
      return super.getFragmentAtPosition(this.loadingParts ? end + SHORT : end, edge, details);
    }
  }
  return { streamController: PartLoader };
}
