import type { BitReader } from '../bytes/bit-reader.ts';

/**
 * Reads a program_config_element and gives its number of channels (ISO/IEC 14496-3, 4.4.1.1). The element must be aligned
 * as the reader's bytes are.
 *
 * @throws ProtocolError where it is cut off.
 */
export function readProgramConfig(bits: BitReader): number {
  bits.skip(4 + 2 + 4); // element_instance_tag, object_type, sampling_frequency_index
  const pairs = [bits.bits(4), bits.bits(4), bits.bits(4)]; // front, side, back
  const lfe = bits.bits(2);
  const data = bits.bits(3);
  const coupling = bits.bits(4);
  if (bits.flag()) bits.skip(4); // mono_mixdown_element_number
  if (bits.flag()) bits.skip(4); // stereo_mixdown_element_number
  if (bits.flag()) bits.skip(3); // matrix_mixdown_idx, pseudo_surround_enable
  let channels = lfe;
  for (const count of pairs) {
    for (let i = 0; i < count; i++) {
      channels += bits.flag() ? 2 : 1;
      bits.skip(4);
    }
  }
  bits.skip(lfe * 4 + data * 4 + coupling * 5);
  bits.skip(-bits.position & 7); // byte_alignment
  bits.skip(bits.bits(8) * 8); // comment
  return channels;
}
