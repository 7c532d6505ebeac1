import type { CodecDefinition } from './codec.ts';

/**
 * Metadata of sensors (SMPTE ST 336, MISB ST 0601). A frame is one or several whole KLV triplets: a key of 16 bytes, a
 * BER length and what it measures. There is no config.
 */
export const klv: CodecDefinition = { name: 'klv', kind: 'data', title: 'KLV', describe: () => ({}) };
