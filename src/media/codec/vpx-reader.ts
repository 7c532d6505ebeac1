import { ProtocolError } from '../../errors.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { isTold } from './color.ts';
import { ConfigBudget } from './config-budget.ts';
import { sameSize } from './picture-size.ts';
import { type AccessUnit, MAX_UNIT, type VideoReader } from './video-reader.ts';
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

/**
 * Watches the frames of one VP8 or VP9 publisher, and keeps a vpcC that fits them, whether one was given or not. A key
 * frame is right about profile, depth, chroma and range. Where the vpcC given agrees, it is right about colours, because
 * frames know no HDR, and about the level, if that allows the frames' size. Of several sizes in a superframe (spatial
 * layers) the size is that of the lowest.
 */
export class VpxReader implements VideoReader {
  /** The vpcC in force, without version and flags; undefined until one, or a key frame, came. */
  config: Uint8Array | undefined;
  readonly #maxBytes: number;
  readonly #budget = new ConfigBudget();
  readonly #keyFrame: (data: Uint8Array) => VpxKeyFrame | undefined;
  #given: VpxConfig | undefined;
  #source: Uint8Array | undefined;
  #size: AccessUnit['size'];

  /** `maxBytes`: of one frame or superframe. */
  constructor(codec: 'vp8' | 'vp9', maxBytes: number = MAX_UNIT) {
    this.#maxBytes = maxBytes;
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
   * @throws ProtocolError above the limit, and where size or config change too often.
   */
  read(data: Uint8Array): AccessUnit {
    if (data.length > this.#maxBytes) {
      throw new ProtocolError(`A frame has more than ${this.#maxBytes} bytes.`, 'limit-exceeded');
    }
    this.#budget.earn(data.length);
    const frame = this.#keyFrame(data);
    if (!frame) return { data, key: false };
    const size = { width: frame.width, height: frame.height };
    const unit: AccessUnit = { data, key: true, size };
    const config = this.#adopt(fitting(frame, this.#given));
    if (config) unit.config = config;
    else if (!sameSize(this.#size, size)) this.#budget.spend(0); // a new size is news as well
    this.#size = size;
    return unit;
  }

  #adopt(config: VpxConfig): Uint8Array | undefined {
    const bytes = buildVpxConfig(config);
    if (this.config && equalBytes(this.config, bytes)) return undefined;
    this.#budget.spend(bytes.length);
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
    level: Math.max(given.level, level),
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
