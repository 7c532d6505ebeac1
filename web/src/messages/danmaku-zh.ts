import { seconds } from '../format/units.ts';
import type { DanmakuWords } from './danmaku-en.ts';

export const danmaku: DanmakuWords = {
  title: '弹幕',
  size: '字号',
  opacity: '不透明度',
  speed: '速度',
  seconds: (value) => seconds(value, 'zh').replace('.0', ''),
  area: '显示区域',
  areas: {
    0.25: { short: '¼', name: '四分之一屏' },
    0.5: { short: '½', name: '半屏' },
    0.75: { short: '¾', name: '四分之三屏' },
    1: { short: '全屏', name: '全屏' },
  },
  density: '密度',
  densities: { low: '少', normal: '适中', high: '多' },
  show: '类型',
  modes: { scroll: '滚动', top: '顶部', bottom: '底部' },
  moment: '时间',
  inStep: '同步',
  live: '实时',
  inStepTitle: '消息与你的画面同步',
  liveTitle: '消息立即显示',
  hidden: '屏蔽词',
  addWord: '添加屏蔽词',
  add: '添加',
  unhide: (word) => `不再屏蔽“${word}”`,
};
