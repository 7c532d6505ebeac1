import type { Track } from '../../media/frame.ts';

/** Ids of what travels inside a track lie above all that a `tkhd` can say. */
const INSIDE = 2 ** 32;

/** The closed captions in the pictures of a track. */
export function captionsOfTrack(id: number): Track {
  return { id: INSIDE + id, kind: 'data', codec: 'captions', config: new Uint8Array(0) };
}

/** Timed metadata, which belongs to no track of the file. */
export const id3Track: Track = { id: 2 * INSIDE, kind: 'data', codec: 'id3', config: new Uint8Array(0) };
