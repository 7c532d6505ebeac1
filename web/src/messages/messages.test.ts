import { expect, test } from 'vitest';
import type { FindingCode } from '../../../src/client/index.ts';
import { errorCodes } from '../../../src/errors.ts';
import type { Values } from '../format/values.ts';
import { wordsOf } from '../owner/advice.ts';
import { advice as adviceEn } from './advice-en.ts';
import { advice as adviceZh } from './advice-zh.ts';
import { danmaku as danmakuEn } from './danmaku-en.ts';
import { danmaku as danmakuZh } from './danmaku-zh.ts';
import { en } from './en.ts';
import { errors as errorsEn } from './errors-en.ts';
import { errors as errorsZh } from './errors-zh.ts';
import { chat as chatEn } from './chat-en.ts';
import { chat as chatZh } from './chat-zh.ts';
import { person as personEn } from './person-en.ts';
import { person as personZh } from './person-zh.ts';
import { zh } from './zh.ts';

function leaves(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, `${path}.${key}`)]));
}

/** A sentence made with plausible values: words, or numbers where it does not take words. */
function said(value: unknown): string {
  if (typeof value !== 'function') return String(value);
  const words = String(value.length === 2 ? value('Mei', '2 h') : value(3));
  return words.includes('NaN') ? String(value(3, 5_200_000)) : words;
}

/** What the doctor may tell with each code, and what has to be read in the sentences. */
const findings: Record<FindingCode | 'gone', { values: Values; read: { en: RegExp; zh: RegExp } }[]> = {
  'gop-long': [
    { values: { seconds: 4 }, read: { en: /every 4 seconds, so new viewers wait/, zh: /间隔是 4 秒，新观众/ } },
    { values: { seconds: 3.26 }, read: { en: /every 3\.3 seconds/, zh: /3\.3 秒/ } },
  ],
  'gop-irregular': [
    { values: { shortest: 0.5, longest: 8 }, read: { en: /every 0\.5 to 8 seconds/, zh: /从 0\.5 到 8 秒/ } },
  ],
  'frame-rate-variable': [
    { values: { low: 41.2, high: 60 }, read: { en: /41 to 60 a second/, zh: /每秒 41 到 60 帧/ } },
  ],
  'bit-rate-unstable': [
    {
      values: { low: 1_200_000, high: 5_000_000, advised: 3_480_000 },
      read: {
        en: /1\.2 Mbit\/s and 5\.0 Mbit\/s.*about 3500 kbit\/s/s,
        zh: /1\.2 Mbit\/s 到 5\.0 Mbit\/s.*3500 kbit\/s/s,
      },
    },
  ],
  'bit-rate-high': [
    {
      values: { bitRate: 14_000_000, limit: 8_000_000, advised: 6_000_000 },
      read: { en: /is 14\.0 Mbit\/s.*6000 kbit\/s or less/s, zh: /14\.0 Mbit\/s.*6000 kbit\/s 以内/s },
    },
  ],
  'audio-missing': [{ values: {}, read: { en: /No sound.*mixer/s, zh: /没有收到声音.*混音器/s } }],
  'video-missing': [{ values: {}, read: { en: /no picture.*scene/s, zh: /没有画面.*场景/s } }],
  'b-frames': [{ values: { frames: 2, delay: 80 }, read: { en: /\(2\).*80 ms.*B-frames: 0/s, zh: /（2）.*80 毫秒/s } }],
  'key-refused': [
    {
      values: { attempts: 1, seconds: 3 },
      read: { en: /key that is not valid\.\n.*Set-up/, zh: /推流码推流。\n.*推流设置/ },
    },
    { values: { attempts: 7, seconds: 3 }, read: { en: /not valid, 7 times\./, zh: /共 7 次/ } },
  ],
  'clock-drift': [
    { values: { msPerHour: -80.4 }, read: { en: /by 80 ms an hour.*48 kHz/s, zh: /每小时错开 80 毫秒.*48 kHz/s } },
  ],
  'codec-unplayable': [
    {
      values: { codec: 'h265', kind: 'video', browsers: 'some' },
      read: {
        en: /^Many viewers see no picture: H\.265 does.*Video Encoder.*H\.264/s,
        zh: /画面：.*H\.265。.*H\.264/s,
      },
    },
    {
      values: { codec: 'eac3', kind: 'audio', browsers: 'none' },
      read: { en: /^Viewers in the browser hear nothing: .* E-AC-3 yet.*AAC/s, zh: /声音：.*E-AC-3。.*AAC/s },
    },
    {
      values: { codec: 'vp9', kind: 'video', browsers: 'none' },
      read: { en: /^Viewers in the browser see no picture: .* VP9 yet/, zh: /^浏览器里的观众看不到画面：.* VP9。/ },
    },
    {
      values: { codec: 'h264', kind: 'video', browsers: 'some', profile: 'High 10' },
      read: { en: /^Many viewers .* H\.264 High 10 does.*NV12/s, zh: /放 H\.264 High 10。.*NV12/s },
    },
  ],
  'timestamps-jump': [
    {
      values: { jumps: 1, seconds: 2.5 },
      read: { en: /jumped once in a minute, by up to 2\.5 seconds/, zh: /跳变了 1 次，最大 2\.5 秒/ },
    },
    {
      values: { jumps: 3, seconds: 3600 },
      read: { en: /jumped 3 times in a minute, by up to 1 h\./, zh: /3 次，最大 1 小时。/ },
    },
  ],
  gone: [{ values: { seconds: 8.2 }, read: { en: /for 8 seconds/, zh: /已有 8 秒/ } }],
};

test.each(Object.entries(findings))(
  '%s is told with its numbers and with what to do, in both languages',
  (code, cases) => {
    for (const { values, read } of cases) {
      const advice = { code: code as FindingCode, severity: 'warn' as const, values };
      for (const [lang, messages] of [
        ['en', adviceEn],
        ['zh', adviceZh],
      ] as const) {
        const { title, text } = wordsOf(advice, messages);
        expect(`${title}\n${text}`).toMatch(read[lang]);
        for (const sentence of [title, text]) {
          expect(sentence).toMatch(lang === 'en' ? /[.?]$/ : /[。？]$/);
          expect(sentence).not.toMatch(lang === 'en' ? /!|\d(?:s|min|h|Mbit)\b/ : /[!！]|[一-鿿][,.;:?]|\d[一-鿿]/);
        }
      }
    }
  },
);

test('a finding without its numbers is told without any, in both languages', () => {
  for (const code of Object.keys(findings) as FindingCode[]) {
    for (const messages of [adviceEn, adviceZh]) {
      const { title, text } = wordsOf({ code, severity: 'info', values: {} }, messages);
      expect(title).not.toMatch(/\d|NaN|undefined/);
      expect(text).not.toMatch(/NaN|undefined|\b0 kbit|100 kbit/);
    }
  }
});

test('the rate of some viewers is not told as that of all', () => {
  expect(en.owner.sessions.total(1000, undefined)).toBe('1k viewers');
  expect(en.owner.sessions.total(1, 5_200_000)).toBe('One viewer · 5.2 Mbit/s in all');
  expect(zh.owner.sessions.total(1000, undefined)).toBe('1000 位观众');
});

test('both languages have the same words', () => {
  expect([...leaves(zh).keys()].sort()).toEqual([...leaves(en).keys()].sort());
  expect([...leaves({ errorsZh, personZh, chatZh }).keys()].map((key) => key.replace('Zh', '')).sort()).toEqual(
    [...leaves({ errorsEn, personEn, chatEn }).keys()].map((key) => key.replace('En', '')).sort(),
  );
  expect([...leaves(danmakuZh).keys()].sort()).toEqual([...leaves(danmakuEn).keys()].sort());
});

test('every error of the server has words', () => {
  for (const code of Object.keys(errorCodes)) expect({ ...errorsEn.codes, ...en.errors }).toHaveProperty(code);
});

test('no exclamation marks, no half-width commas in Chinese, a space between number and unit', () => {
  for (const [, value] of leaves({ en, danmakuEn, errorsEn, personEn }))
    expect(said(value)).not.toMatch(/[!]|\d(s|min|h|Mbit)\b|NaN|undefined/);
  for (const [path, value] of leaves({ zh, danmakuZh, errorsZh, personZh })) {
    if (path === '.zh.language.change' || path === '.zh.room.wasLive') continue;
    expect(said(value), path).not.toMatch(/[!！]|[一-鿿][,.;:?(]|[\d][一-鿿]|NaN|undefined/);
  }
});
