import type { MediaPlaylist, OpenSegment } from './playlist.ts';

/**
 * Puts back what a delta update leaves out (6.3.7), from a playlist that was had before. Undefined where that does not
 * have it all, so that the whole playlist must be asked for.
 */
export function mergeDelta(known: MediaPlaylist | undefined, delta: MediaPlaylist): MediaPlaylist | undefined {
  const { skipped, ...rest } = delta;
  if (skipped === undefined) return delta;
  const end = delta.sequence + skipped;
  const old = known?.segments.filter(({ sequence }) => sequence >= delta.sequence && sequence < end) ?? [];
  const last = old.at(-1);
  if (old.length !== skipped || !last) return undefined;
  const shift = last.continuity - delta.discontinuitySequence;
  const follow = <T extends OpenSegment>(segment: T): T => ({
    ...segment,
    continuity: segment.continuity + shift,
    ...(segment.map === undefined && last.map && { map: last.map }),
  });
  return {
    ...rest,
    segments: [...old, ...delta.segments.map(follow)],
    ...(delta.open && { open: follow(delta.open) }),
  };
}
