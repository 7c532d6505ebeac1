/** What stands in a playlist (draft-pantos-hls-rfc8216bis), as values. Durations are seconds, as playlists write them. */

/** What a playlist may have at most; above it is refused. */
export const playlistLimits: Readonly<
  Record<'bytes' | 'lines' | 'variants' | 'renditions' | 'attributes' | 'uri' | 'text' | 'number' | 'duration', number>
> = {
  /** Bytes; a window of an hour with all of its parts is a tenth of it. */
  bytes: 1024 * 1024,
  lines: 5000,
  /** Whoever offers more than this makes a player choose for ever. */
  variants: 10,
  /** Sound in so many languages, and subtitles in as many. */
  renditions: 64,
  /** The longest list of attributes that the specification has is a third of it. */
  attributes: 48,
  /** Characters of an address, of a quoted text and of a number. */
  uri: 4096,
  text: 4096,
  number: 32,
  /** Seconds of a segment; the longest that anybody makes are of minutes. */
  duration: 86_400,
};

/** Bytes of a resource, where not all of it is meant. */
export interface ByteRange {
  readonly length: number;
  readonly offset: number;
}

export interface Resource {
  readonly uri: string;
  readonly range?: ByteRange;
}

/** EXT-X-PART. */
export interface Part extends Resource {
  readonly duration: number;
  readonly independent: boolean;
  readonly gap: boolean;
}

/** What is known of a segment before it is complete. */
export interface OpenSegment {
  /** Its media sequence number. */
  readonly sequence: number;
  /** Number of its discontinuity: that of the playlist and one for each tag up to this segment. */
  readonly continuity: number;
  /** EXT-X-DISCONTINUITY stands before it. */
  readonly discontinuity: boolean;
  readonly map?: Resource;
  /** EXT-X-PROGRAM-DATE-TIME, ms since 1970. */
  readonly at?: number;
  readonly parts: readonly Part[];
}

export interface Segment extends OpenSegment, Resource {
  readonly duration: number;
  readonly gap: boolean;
}

/** EXT-X-PRELOAD-HINT. */
export interface PreloadHint {
  readonly type: 'PART' | 'MAP';
  readonly uri: string;
  readonly start: number;
  readonly length?: number;
}

/** EXT-X-RENDITION-REPORT. */
export interface RenditionReport {
  readonly uri: string;
  readonly lastSequence: number;
  readonly lastPart?: number;
}

/** EXT-X-SERVER-CONTROL. */
export interface ServerControl {
  readonly canSkipUntil?: number;
  readonly canSkipDateRanges: boolean;
  readonly holdBack?: number;
  readonly partHoldBack?: number;
  readonly canBlockReload: boolean;
}

/** EXT-X-START. */
export interface Start {
  readonly offset: number;
  readonly precise: boolean;
}

interface Common {
  readonly version: number;
  readonly independent: boolean;
  readonly start?: Start;
  /** Names of tags that the specification does not have, each once. */
  readonly unknown: readonly string[];
}

export interface MediaPlaylist extends Common {
  readonly kind: 'media';
  readonly targetDuration: number;
  /** That of the first segment, be it skipped or not. */
  readonly sequence: number;
  readonly discontinuitySequence: number;
  readonly type?: 'EVENT' | 'VOD';
  readonly ended: boolean;
  readonly iFramesOnly: boolean;
  readonly control?: ServerControl;
  readonly partTarget?: number;
  /** EXT-X-SKIP: so many segments at the beginning are left out. */
  readonly skipped?: number;
  readonly segments: readonly Segment[];
  /** Parts of the segment that is not complete yet, where there are some. */
  readonly open?: OpenSegment;
  readonly hints: readonly PreloadHint[];
  readonly reports: readonly RenditionReport[];
  /** IDs of EXT-X-DATERANGE. */
  readonly dateRanges: readonly string[];
  /** The lowest EXT-X-VERSION that allows what stands in it. */
  readonly needs: number;
}

/** EXT-X-STREAM-INF. */
export interface Variant {
  readonly uri: string;
  readonly bandwidth: number;
  readonly averageBandwidth?: number;
  readonly codecs: readonly string[];
  readonly width?: number;
  readonly height?: number;
  readonly frameRate?: number;
  readonly audio?: string;
  readonly video?: string;
  readonly subtitles?: string;
  /** A group, or NONE. */
  readonly closedCaptions?: string;
}

/** EXT-X-MEDIA. */
export interface Rendition {
  readonly type: 'AUDIO' | 'VIDEO' | 'SUBTITLES' | 'CLOSED-CAPTIONS';
  readonly group: string;
  readonly name: string;
  readonly uri?: string;
  readonly language?: string;
  readonly preset: boolean;
  readonly autoSelect: boolean;
  readonly channels?: string;
  readonly instream?: string;
}

/** EXT-X-I-FRAME-STREAM-INF. */
export interface TrickPlay {
  readonly uri: string;
  readonly bandwidth: number;
}

export interface MultivariantPlaylist extends Common {
  readonly kind: 'multivariant';
  readonly variants: readonly Variant[];
  readonly renditions: readonly Rendition[];
  readonly trickPlay: readonly TrickPlay[];
  readonly needs: number;
}

export type Playlist = MediaPlaylist | MultivariantPlaylist;
