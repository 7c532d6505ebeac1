/** Bytes of one access unit of any codec; a peer's lengths are believed only up to here. */
export const MAX_UNIT: number = 16 * 2 ** 20;

/** One access unit of pictures as frames carry it. */
export interface AccessUnit {
  /**
   * H.26x: NAL units with 4-byte lengths, without parameter sets and delimiters. AV1: OBUs with their sizes, without
   * delimiters and padding, in a key frame behind a sequence header. VP9 and VP8: the frame or superframe. The bytes given
   * where they are so already.
   */
  data: Uint8Array;
  /** True where decoding can start here. */
  key: boolean;
  /** True where `data` is empty because nothing whole could be found in the bytes. */
  damaged?: true;
  /** The new codec config, where this unit changed it. */
  config?: Uint8Array;
  /** Closed captions in its SEI: `cc_data` triplets. */
  captions?: Uint8Array;
  /** Pixels, with a key frame of VP9 or VP8, whose codec configs do not tell them. */
  size?: { width: number; height: number };
}

/** Turns what one publisher sends of one codec into access units, and keeps the codec config that goes with them. */
export interface VideoReader {
  /** The codec config in force; undefined until it is known. */
  readonly config: Uint8Array | undefined;

  /**
   * Takes a codec config as the publisher sent it. Returns it in the form that tracks have where it is new, undefined
   * where it is the one in force, or has to wait for what the units say.
   *
   * @throws ProtocolError for what is none, above the limits, and where it changes too often.
   */
  configure(bytes: Uint8Array): Uint8Array | undefined;

  /**
   * Reads one access unit, as far as it is not damaged. Its `data` is empty where there is no picture in it.
   *
   * @throws ProtocolError above the limits, and where the codec config changes too often.
   */
  read(bytes: Uint8Array): AccessUnit;
}
