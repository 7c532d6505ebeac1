import { codecName } from '../format/codec.ts';
import { encoderRate, plainSeconds, rateText } from '../format/units.ts';
import { numberOf, textOf } from '../format/values.ts';
import type { AdviceWords } from './advice.ts';

/** The words of `advice-en.ts` in Chinese. */
export const advice: AdviceWords = {
  'gop-long': {
    title: (values) => `关键帧间隔是 ${plainSeconds(numberOf(values, 'seconds'))} 秒，新观众要等更久才能看到画面。`,
    text: 'OBS：设置 → 输出 → 关键帧间隔，改为 2 秒。',
  },
  'gop-irregular': {
    title: (values) =>
      `关键帧间隔不均匀，从 ${plainSeconds(numberOf(values, 'shortest'))} 到 ${plainSeconds(numberOf(values, 'longest'))} 秒不等。`,
    text: '有的新观众要等更久才能看到画面。OBS：设置 → 输出 → 关键帧间隔，改为 2 秒，不要用 0。',
  },
  'frame-rate-variable': {
    title: (values) =>
      `帧率不稳，每秒 ${Math.round(numberOf(values, 'low'))} 到 ${Math.round(numberOf(values, 'high'))} 帧。`,
    text: '电脑可能太忙，可以关掉一些程序，或改为 30 帧。OBS：设置 → 视频 → 帧率。',
  },
  'bit-rate-unstable': {
    title: (values) =>
      `码率在 ${rateText(numberOf(values, 'low'))} 到 ${rateText(numberOf(values, 'high'))} 之间波动，上传带宽不够了。`,
    text: (values) =>
      `OBS：设置 → 输出 → 比特率，建议改为约 ${encoderRate(numberOf(values, 'advised'))}，或用网线代替 Wi-Fi。`,
  },
  'bit-rate-high': {
    title: (values) => `码率是 ${rateText(numberOf(values, 'bitRate'))}，不少观众的网络跟不上。`,
    text: (values) => `OBS：设置 → 输出 → 比特率，改为 ${encoderRate(numberOf(values, 'limit'))} 以内。`,
  },
  'audio-missing': { title: '没有收到声音。', text: '看看 OBS 的混音器，麦克风是不是静音了？' },
  'video-missing': {
    title: '收到了声音，但没有画面。',
    text: '如果不是有意的，看看 OBS：场景里有没有来源，设置 → 输出里有没有选视频编码器。',
  },
  'b-frames': {
    title: (values) =>
      `用了 B 帧（${numberOf(values, 'frames')}），延迟多 ${Math.round(numberOf(values, 'delay'))} 毫秒。`,
    text: '一般不用管。想要最低延迟，OBS：设置 → 输出，最大 B 帧改为 0，或 Tune 选 zerolatency。',
  },
  'key-refused': {
    title: (values) =>
      numberOf(values, 'attempts') > 1
        ? `有人用无效的推流码推流，共 ${numberOf(values, 'attempts')} 次。`
        : '有人用无效的推流码推流。',
    text: '如果是你，请在“推流设置”里重新复制推流码。如果不是，不用担心，都被拒绝了。',
  },
  'clock-drift': {
    title: (values) => `声音和画面每小时错开 ${Math.round(Math.abs(numberOf(values, 'msPerHour')))} 毫秒。`,
    text: '请把 OBS（设置 → 音频）和声卡都设为 48 kHz。',
  },
  'codec-unplayable': {
    title: (values) =>
      textOf(values, 'kind') === 'audio'
        ? `很多观众听不到声音：不是每个浏览器都能放 ${codecName(textOf(values, 'codec'))}。`
        : `很多观众看不到画面：不是每个浏览器都能放 ${codecName(textOf(values, 'codec'))}。`,
    text: (values) =>
      textOf(values, 'kind') === 'audio'
        ? 'OBS：设置 → 输出 → 音频编码器，改为 AAC。'
        : 'OBS：设置 → 输出 → 视频编码器，改为 H.264 的一种。',
  },
  'timestamps-jump': {
    title: (values) =>
      `时间戳一分钟内跳变 ${numberOf(values, 'jumps')} 次，最多 ${plainSeconds(numberOf(values, 'seconds'))} 秒。`,
    text: '观众会看到短暂停顿。常见原因是采集卡，或循环播放的视频。请在 OBS 里停止直播，再重新开始。',
  },
  gone: {
    title: (values) => `已有 ${Math.round(numberOf(values, 'seconds'))} 秒没有收到信号，观众还停在最后一帧。`,
    text: 'OBS 会自动重连。如果没有，请检查网络，再点“开始直播”。',
  },
};
