/** The kinds of pictures that are read. */
export type PictureType = 'image/png' | 'image/gif' | 'image/webp' | 'image/jpeg';

/** A picture by what its bytes say. */
export interface Picture {
  readonly type: PictureType;
  /** Pixels, as it is shown: after it was turned, where it says so. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Of an animation, once. ms */
  readonly duration: number;
  /** The same picture without anything that is not needed to show it: no places, names, programs or comments. */
  readonly bytes: Uint8Array;
}
