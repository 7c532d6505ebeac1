/** How one language writes numbers with their units. All pure. */
export type Lang = 'en' | 'zh';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

function fixed(value: number, digits: number): string {
  return value.toFixed(digits);
}

/** `42 min`, `2 h 10 min`; `42 分钟`, `2 小时 10 分钟`. Seconds below a minute. */
export function duration(seconds: number, lang: Lang): string {
  const whole = Math.max(0, Math.round(seconds));
  const unit = lang === 'zh' ? { s: '秒', m: '分钟', h: '小时' } : { s: 's', m: 'min', h: 'h' };
  if (whole < MINUTE) return `${whole} ${unit.s}`;
  const minutes = Math.floor(whole / MINUTE);
  if (minutes < 60) return `${minutes} ${unit.m}`;
  const rest = minutes % 60;
  const hours = `${Math.floor(whole / HOUR)} ${unit.h}`;
  return rest === 0 ? hours : `${hours} ${rest} ${unit.m}`;
}

/** `128`, `1.2k`, `12k`; `1.2 万`. */
export function count(value: number, lang: Lang): string {
  if (lang === 'zh') return value < 10_000 ? `${value}` : `${short(value / 10_000)} 万`;
  if (value < 1000) return `${value}`;
  return value < 1_000_000 ? `${short(value / 1000)}k` : `${short(value / 1_000_000)}M`;
}

function short(value: number): string {
  const text = value < 10 ? fixed(Math.floor(value * 10) / 10, 1) : `${Math.floor(value)}`;
  return text.replace(/\.0$/, '');
}

/** `4.8 Mbit/s`, `850 kbit/s`, as number and unit. */
export function bitRate(bitsPerSecond: number): { value: string; unit: string } {
  if (bitsPerSecond >= 995_000) return { value: fixed(bitsPerSecond / 1_000_000, 1), unit: 'Mbit/s' };
  return { value: `${Math.round(bitsPerSecond / 1000)}`, unit: 'kbit/s' };
}

/** The same in one. */
export function rateText(bitsPerSecond: number): string {
  const { value, unit } = bitRate(bitsPerSecond);
  return `${value} ${unit}`;
}

/** A bit rate as one sets it in an encoder: `3500 kbit/s`, in whole hundreds. */
export function encoderRate(bitsPerSecond: number): string {
  return `${Math.max(1, Math.round(bitsPerSecond / 100_000)) * 100} kbit/s`;
}

/** Seconds within a sentence: `4`, `2.5`, `12`. */
export function plainSeconds(value: number): string {
  return secondsValue(value).replace(/\.0$/, '');
}

/** `0.9 s`, `12 s`; `0.9 秒`. */
export function seconds(value: number, lang: Lang): string {
  return `${secondsValue(value)} ${lang === 'zh' ? '秒' : 's'}`;
}

/** One digit below ten seconds. */
export function secondsValue(value: number): string {
  return value < 9.95 ? fixed(Math.max(0, value), 1) : `${Math.round(value)}`;
}

/** `12.3 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let step = 0;
  let rest = value;
  while (rest >= 1000 && step < units.length - 1) {
    rest /= 1000;
    step++;
  }
  return `${step === 0 || rest >= 100 ? Math.round(rest) : fixed(rest, 1)} ${units[step]}`;
}

/** `today`, `yesterday`, `3 days ago`, and a date beyond a week. Both in ms since 1970. */
export function dayOf(at: number, now: number, lang: Lang): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const days = at >= midnight ? 0 : Math.ceil((midnight - at) / (DAY * 1000));
  if (days === 0) return lang === 'zh' ? '今天' : 'today';
  if (days === 1) return lang === 'zh' ? '昨天' : 'yesterday';
  if (days < 7) return lang === 'zh' ? `${days} 天前` : `${days} days ago`;
  const locale = lang === 'zh' ? 'zh-Hans' : 'en';
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const date = new Intl.DateTimeFormat(locale, {
    month: 'long',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
  return lang === 'zh' ? date.format(at) : `on ${date.format(at)}`;
}

/** A name before Chinese text: with a space after Latin letters and digits, none after Chinese. */
export function beforeHan(name: string): string {
  return /[\p{Script=Latin}\p{N}]$/u.test(name) ? `${name} ` : name;
}
