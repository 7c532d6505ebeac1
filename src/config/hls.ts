/** How a stream is cut for HLS. */
export const hlsOptions = {
  segment: {
    type: 'number',
    unit: 'seconds',
    min: 1,
    max: 10,
    default: 2,
    flag: 'SECONDS',
    description:
      'How long a segment of HLS is. Segments begin with key frames, so a stream whose GOP is longer has longer ones. Players without low latency are three of them behind.',
  },
  part: {
    type: 'number',
    unit: 'seconds',
    min: 0,
    max: 1,
    default: 0.333,
    flag: 'SECONDS',
    description:
      'How long a part of a segment is, for low latency: players stay three of them behind. 0 turns parts off. Where whole pictures do not fill it, it becomes a little longer.',
  },
  window: {
    type: 'number',
    whole: true,
    unit: 'segments',
    min: 6,
    max: 1000,
    default: 12,
    flag: 'SEGMENTS',
    description: 'How many segments a playlist of HLS lists: how far viewers can go back.',
  },
} as const;
