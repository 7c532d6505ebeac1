import type { ColorInfo } from '../../media/color-info.ts';
import type { TagType } from './tag.ts';

/**
 * What comes of a body, for reading: times in ms relative to the tag, `late` in µs beyond it. Tracks that are not the
 * first of their kind have their `id`.
 */
export type FlvSummary =
  | { track: string; id?: number; config: string; color?: ColorInfo; size?: string }
  | { frame: string; id?: number; cts: number; key: boolean; data: string; late?: number }
  | { unsupported: string }
  | { dropped: number };

/** The body of one tag, behind the bodies that it needs before it. */
export interface FlvCase {
  name: string;
  type: TagType;
  before?: Uint8Array[];
  bytes: Uint8Array;
  value: FlvSummary[];
  /** True where the muxer writes the same in other bytes. */
  oneWay?: boolean;
}
