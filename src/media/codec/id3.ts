import type { CodecDefinition } from './codec.ts';

/** Timed metadata for players. A frame is one or several whole ID3 tags (ID3v2.4). There is no config. */
export const id3: CodecDefinition = { name: 'id3', kind: 'data', title: 'ID3', describe: () => ({}) };
