import { codecName } from '../format/codec.ts';
import { duration, encoderRate, plainSeconds, rateText } from '../format/units.ts';
import { textOf, told } from '../format/values.ts';
import type { AdviceWords } from './advice-words.ts';

const KEY_REFUSED = '有人用无效的推流码推流';

/** `2.5 秒`; `1 小时` from a minute on. */
function upTo(seconds: number): string {
  return seconds < 60 ? `${plainSeconds(seconds)} 秒` : duration(seconds, 'zh');
}

/** The words of `advice-en.ts` in Chinese. */
export const advice: AdviceWords = {
  'gop-long': {
    title: told(
      ['seconds'],
      (seconds) => `关键帧间隔是 ${plainSeconds(seconds)} 秒，新观众要等更久才能看到画面。`,
      '关键帧间隔太长，新观众要等更久才能看到画面。',
    ),
    text: 'OBS：设置 → 输出 → 关键帧间隔，改为 2 秒。',
  },
  'gop-irregular': {
    title: told(
      ['shortest', 'longest'],
      (shortest, longest) => `关键帧间隔不均匀，从 ${plainSeconds(shortest)} 到 ${plainSeconds(longest)} 秒不等。`,
      '关键帧间隔不均匀。',
    ),
    text: '有的新观众要等更久才能看到画面。OBS：设置 → 输出 → 关键帧间隔，改为 2 秒，不要用 0。',
  },
  'frame-rate-variable': {
    title: told(
      ['low', 'high'],
      (low, high) => `帧率不稳，每秒 ${Math.round(low)} 到 ${Math.round(high)} 帧。`,
      '帧率不稳。',
    ),
    text: '电脑可能太忙，可以关掉一些程序，或改为 30 帧。OBS：设置 → 视频 → 帧率。',
  },
  'bit-rate-unstable': {
    title: told(
      ['low', 'high'],
      (low, high) => `码率在 ${rateText(low)} 到 ${rateText(high)} 之间波动，上传带宽不够了。`,
      '码率波动，上传带宽不够了。',
    ),
    text: told(
      ['advised'],
      (advised) => `OBS：设置 → 输出 → 比特率，建议改为约 ${encoderRate(advised)}，或用网线代替 Wi-Fi。`,
      'OBS：设置 → 输出 → 比特率，建议改低一些，或用网线代替 Wi-Fi。',
    ),
  },
  'bit-rate-high': {
    title: told(
      ['bitRate'],
      (bitRate) => `码率是 ${rateText(bitRate)}，不少观众的网络跟不上。`,
      '码率太高，不少观众的网络跟不上。',
    ),
    text: told(
      ['advised'],
      (advised) => `OBS：设置 → 输出 → 比特率，改为 ${encoderRate(advised)} 以内。`,
      'OBS：设置 → 输出 → 比特率，改低一些。',
    ),
  },
  'audio-missing': {
    title: '没有收到声音。',
    text: '看看 OBS 的混音器，麦克风是不是静音了？设置 → 音频里，有没有选好设备？',
  },
  'video-missing': {
    title: '收到了声音，但没有画面。',
    text: '如果不是有意的，看看 OBS：场景里有没有来源，设置 → 输出里有没有选视频编码器。',
  },
  'b-frames': {
    title: told(
      ['frames', 'delay'],
      (frames, delay) => `用了 B 帧（${frames}），延迟多 ${Math.round(delay)} 毫秒。`,
      '用了 B 帧，延迟会多一点。',
    ),
    text: '一般不用管。想要最低延迟，OBS：设置 → 输出，最大 B 帧改为 0，x264 则把 Tune 选为 zerolatency。',
  },
  'key-refused': {
    title: told(
      ['attempts'],
      (attempts) => (attempts > 1 ? `${KEY_REFUSED}，共 ${attempts} 次。` : `${KEY_REFUSED}。`),
      `${KEY_REFUSED}。`,
    ),
    text: '如果是你，请在“推流设置”里重新复制推流码。如果不是，不用担心，都被拒绝了。',
  },
  'clock-drift': {
    title: told(
      ['msPerHour'],
      (msPerHour) => `声音和画面每小时错开 ${Math.round(Math.abs(msPerHour))} 毫秒。`,
      '声音和画面渐渐错开。',
    ),
    text: '请把 OBS（设置 → 音频）和声卡都设为 48 kHz。',
  },
  'codec-unplayable': {
    title: (values) => {
      const name = [codecName(textOf(values, 'codec')), textOf(values, 'profile')].filter(Boolean).join(' ');
      const lost = textOf(values, 'kind') === 'audio' ? '听不到声音' : '看不到画面';
      return textOf(values, 'browsers') === 'some'
        ? `很多观众${lost}：不是每个浏览器都能放 ${name}。`
        : `浏览器里的观众${lost}：网页暂时放不了 ${name}。`;
    },
    text: (values) => {
      if (textOf(values, 'profile')) return 'OBS：设置 → 高级 → 色彩格式，改为 NV12。';
      return textOf(values, 'kind') === 'audio'
        ? 'OBS：设置 → 输出 → 音频编码器，改为 AAC。'
        : 'OBS：设置 → 输出 → 视频编码器，改用 H.264 编码器。';
    },
  },
  'timestamps-jump': {
    title: told(
      ['jumps', 'seconds'],
      (jumps, seconds) => `时间戳在一分钟内跳变了 ${jumps} 次，最大 ${upTo(seconds)}。`,
      '时间戳跳变了。',
    ),
    text: '观众会看到短暂停顿。常见原因是采集卡，或循环播放的视频。请在 OBS 里停止直播，再重新开始。',
  },
  gone: {
    title: told(
      ['seconds'],
      (seconds) => `已有 ${Math.round(seconds)} 秒没有收到信号，观众还停在最后一帧。`,
      '没有收到信号，观众还停在最后一帧。',
    ),
    text: 'OBS 会自动重连。如果没有，请检查网络，再点“开始直播”。',
  },
};
