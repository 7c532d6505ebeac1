import { ProtocolError } from '../../errors.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { isTold } from './color.ts';
import type { AccessUnit, VideoReader } from './video-reader.ts';
import { parseVp8KeyFrame } from './vp8-frame.ts';
import { parseVp9Frame, splitSuperframe } from './vp9-frame.ts';
import {
  buildVpxConfig,
  chromaLayout,
  parseVpxConfig,
  type VpxConfig,
  type VpxKeyFrame,
  vpxLevel,
} from './vpx-config.ts';

/** Bytes of one frame or superframe; a peer's lengths are believed only up to here. */
export const MAX_VPX_FRAME: number = 16 * 2 ** 20;

/**
 * Watches the frames of one VP8 or VP9 publisher, and keeps a vpcC that fits them, whether one was given or not. A key
 * frame is right about profile, depth, chroma and range. Where the vpcC given agrees, it is right about level and
 * colours, because frames know no levels and no HDR.
 */
export class VpxReader implements VideoReader {
  /** The vpcC in force, without version and flags; undefined until one, or a key frame, came. */
  config: Uint8Array | undefined;
  readonly #keyFrame: (data: Uint8Array) => VpxKeyFrame | undefined;
  #given: VpxConfig | undefined;
  #source: Uint8Array | undefined;

  constructor(codec: 'vp8' | 'vp9') {
    this.#keyFrame = codec === 'vp8' ? parseVp8KeyFrame : vp9KeyFrame;
  }

  /**
   * Takes a codec config: a vpcC. Returns it without version and flags where it is new; undefined where it is the last
   * one again, or waits for a key frame to tell the level. What is no vpcC is passed over, as key frames say all that is
   * needed.
   */
  configure(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#source && equalBytes(this.#source, bytes)) return undefined;
    const given = parseVpxConfig(bytes);
    if (!given) return undefined;
    this.#source = bytes.slice();
    this.#given = given;
    return given.level === 0 ? undefined : this.#adopt(given);
  }

  /**
   * Reads one frame.
   *
   * @throws ProtocolError above the limit.
   */
  read(data: Uint8Array): AccessUnit {
    if (data.length > MAX_VPX_FRAME) {
      throw new ProtocolError(`A frame has more than ${MAX_VPX_FRAME} bytes.`, 'limit-exceeded');
    }
    const frame = this.#keyFrame(data);
    if (!frame) return { data, key: false };
    const unit: AccessUnit = { data, key: true, size: { width: frame.width, height: frame.height } };
    const config = this.#adopt(fitting(frame, this.#given));
    if (config) unit.config = config;
    return unit;
  }

  #adopt(config: VpxConfig): Uint8Array | undefined {
    const bytes = buildVpxConfig(config);
    if (this.config && equalBytes(this.config, bytes)) return undefined;
    this.config = bytes;
    return bytes;
  }
}

function fitting({ width, height, ...frame }: VpxKeyFrame, given: VpxConfig | undefined): VpxConfig {
  const level = vpxLevel(width, height);
  if (!given || !agrees(frame, given)) return { ...frame, level };
  const { primaries, transfer, matrix } = isTold(given.color) ? given.color : frame.color;
  return {
    ...given,
    level: given.level || level,
    color: { primaries, transfer, matrix, fullRange: frame.color.fullRange },
  };
}

function agrees(frame: Omit<VpxKeyFrame, 'width' | 'height'>, given: VpxConfig): boolean {
  // Frames do not tell where the chroma samples of 4:2:0 lie.
  const chroma = given.chroma === chromaLayout.vertical420 ? chromaLayout.colocated420 : given.chroma;
  return frame.profile === given.profile && frame.bitDepth === given.bitDepth && frame.chroma === chroma;
}

/** A superframe is key where its first frame is; the others may then lean on that one. */
function vp9KeyFrame(data: Uint8Array): VpxKeyFrame | undefined {
  const [first] = splitSuperframe(data);
  return first && parseVp9Frame(data.subarray(first.start, first.end))?.picture;
}
