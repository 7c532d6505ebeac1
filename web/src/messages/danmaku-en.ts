import { seconds } from '../format/units.ts';

export const danmaku = {
  title: 'Danmaku',
  size: 'Size',
  opacity: 'Opacity',
  speed: 'Speed',
  seconds: (value: number) => seconds(value, 'en').replace('.0', ''),
  area: 'Area',
  areas: {
    0.25: { short: '¼', name: 'A quarter' },
    0.5: { short: '½', name: 'Half' },
    0.75: { short: '¾', name: 'Three quarters' },
    1: { short: 'All', name: 'All' },
  },
  density: 'Density',
  densities: { low: 'Few', normal: 'Some', high: 'Many' },
  show: 'Show',
  modes: { scroll: 'Scroll', top: 'Top', bottom: 'Bottom' },
  moment: 'Timing',
  inStep: 'In step',
  live: 'Live',
  inStepTitle: 'Messages wait for your picture',
  liveTitle: 'Messages are shown at once',
  hidden: 'Hidden words',
  addWord: 'Hide a word',
  add: 'Add',
  unhide: (word: string) => `Show “${word}” again`,
};

/** The words of the panel of flying comments: the same keys in every language. */
export type DanmakuWords = typeof danmaku;
