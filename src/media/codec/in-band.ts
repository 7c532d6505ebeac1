import { concatBytes } from '../bytes/bytes.ts';
import { parseAvcConfig } from './h264-config.ts';
import { parseHevcConfig } from './h265-config.ts';
import { joinAnnexB, toAnnexB } from './nal.ts';

/**
 * The NAL units of an avcC or hvcC in the order in which a decoder wants them before a picture: parameter sets, then SEI
 * for the whole stream; views of `config`. SEI whose place is behind a picture is left out.
 *
 * @throws ProtocolError for what is none.
 */
export function parameterSetsOf(codec: 'h264' | 'h265', config: Uint8Array): Uint8Array[] {
  if (codec === 'h264') {
    const { sps, pps, spsExtensions } = parseAvcConfig(config);
    return [...sps, ...spsExtensions, ...pps];
  }
  const { vps, sps, pps, prefixSei } = parseHevcConfig(config);
  return [...vps, ...sps, ...pps, ...prefixSei];
}

/**
 * A frame of H.264 or H.265 as a byte stream (annex B of either) that needs no codec config: its parameter sets are in
 * front. What `H264Reader` and `H265Reader` do, the other way round; a delimiter is not written. For key frames: it reads
 * the config each time, and `toAnnexB` is enough for what follows.
 *
 * @throws ProtocolError where `config` is none.
 */
export function toInBand(codec: 'h264' | 'h265', config: Uint8Array, data: Uint8Array): Uint8Array {
  return concatBytes([joinAnnexB(parameterSetsOf(codec, config)), toAnnexB(data)]);
}
