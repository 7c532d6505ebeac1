/**
 * How a picture's colours are meant, as a container tells it beside the codec config (Enhanced RTMP v2, Metadata Frame).
 * Absent where it is not told.
 */
export interface ColorInfo {
  /** Bits of a sample; code points of ITU-T H.273. */
  readonly config?: Numbers<'bitDepth' | 'primaries' | 'transfer' | 'matrix'>;
  /** Content light level (CTA-861.3), cd/m²: of the brightest pixel, and of the brightest picture's mean. */
  readonly light?: Numbers<'max' | 'frameAverage'>;
  /** Mastering display colour volume (SMPTE ST 2086): CIE 1931 chromaticities, 0 to 1, and luminance in cd/m². */
  readonly mastering?: Numbers<
    'redX' | 'redY' | 'greenX' | 'greenY' | 'blueX' | 'blueY' | 'whiteX' | 'whiteY' | 'maxLuminance' | 'minLuminance'
  >;
}

type Numbers<Name extends string> = { readonly [name in Name]?: number };

/** True where both say the same. */
export function sameColorInfo(a: ColorInfo | undefined, b: ColorInfo | undefined): boolean {
  return a === b || flat(a) === flat(b);
}

function flat(info: ColorInfo = {}): string {
  const groups = Object.entries(info) as [string, Record<string, number>][];
  return groups
    .flatMap(([group, numbers]) => Object.entries(numbers).map(([name, number]) => `${group}.${name}=${number}`))
    .toSorted()
    .join();
}
