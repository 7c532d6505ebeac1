import type { Codec } from '../../media/frame.ts';

/**
 * Codecs that the room's page cannot play in common browsers, and why. The page reads FLV by a player library and hands
 * the frames to Media Source Extensions, so both have to know a codec. All others of the codec table play.
 */
export const unplayable: Readonly<Partial<Record<Codec, string>>> = {
  h265: 'Browsers play it only where the device decodes it in hardware: Safari, and Chrome and Edge on some machines.',
  vp9: 'Browsers know it, but not in FLV.',
  vp8: 'Browsers know it, but not in FLV.',
  ac3: 'Chrome, Edge and Firefox have no decoder.',
  eac3: 'Chrome, Edge and Firefox have no decoder.',
  pcma: 'Browsers do not play it by Media Source Extensions.',
  pcmu: 'Browsers do not play it by Media Source Extensions.',
};
