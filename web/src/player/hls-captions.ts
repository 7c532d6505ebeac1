import type HlsLibrary from 'hls.js';
import type { Events, FragLoadingData, HlsConfig } from 'hls.js';

type ReaderClass = NonNullable<HlsConfig['timelineController']>;

/** What hls.js reads closed captions with, as far as it is used here; its types keep this to themselves. */
interface Reader {
  lastSn: number;
  lastPartIndex: number;
  onFragLoading(event: Events.FRAG_LOADING, data: FragLoadingData): void;
}

/**
 * Reads closed captions (CEA-608) from part to part. What hls.js 1.7 has for it begins anew with every part but the first
 * of a segment, as if it did not go on where the one before ended: captions whose letters come in several parts never show.
 */
export function partCaptions(library: typeof HlsLibrary): { timelineController?: ReaderClass } {
  const Whole = library.DefaultConfig.timelineController as unknown as (new (hls: HlsLibrary) => Reader) | undefined;
  if (!Whole) return {};
  class PartReader extends Whole {
    override onFragLoading(event: Events.FRAG_LOADING, data: FragLoadingData): void {
      const { frag, part } = data;
      const isNext = part?.index === this.lastPartIndex + 1 && frag.sn === this.lastSn && frag.type === 'main';
      if (isNext) this.lastPartIndex = part.index;
      else super.onFragLoading(event, data);
    }
  }
  return { timelineController: PartReader as unknown as ReaderClass };
}
