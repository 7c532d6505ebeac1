import type { Frame, Kind, Track } from '../media/frame.ts';

/** What a demuxer finds, in stream order. A track is reported before its first frame and again when it changes. */
export type MediaEvent = { type: 'track'; track: Track } | { type: 'frame'; frame: Frame };

/** What is in a container and cannot be read. */
export interface Unsupported {
  kind: Kind;
  /** What people call it. */
  codec: string;
}

/**
 * Reads one container. Bytes may be cut anywhere; a malformed input throws `ProtocolError` and ends the demuxer. Frames
 * keep the bytes that were pushed, so those must not change afterwards.
 */
export interface Demuxer {
  push(bytes: Uint8Array): MediaEvent[];
}
