import { expect, test } from 'vitest';
import type { FindingCode } from '../../../src/client/index.ts';
import { errorCodes } from '../../../src/errors.ts';
import type { Values } from '../format/values.ts';
import { wordsOf } from '../owner/advice.ts';
import { advice as adviceEn } from './advice-en.ts';
import { advice as adviceZh } from './advice-zh.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

function leaves(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, `${path}.${key}`)]));
}

/** A sentence made with plausible values. */
function said(value: unknown): string {
  return typeof value === 'function' ? String(value.length === 2 ? value('Mei', '2 h') : value(3)) : String(value);
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
      values: { bitRate: 14_000_000, limit: 8_000_000 },
      read: { en: /is 14\.0 Mbit\/s.*8000 kbit\/s or less/s, zh: /14\.0 Mbit\/s.*8000 kbit\/s 以内/s },
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
      values: { codec: 'h265', kind: 'video' },
      read: { en: /no picture: H\.265 does.*Video Encoder.*H\.264/s, zh: /画面：.*H\.265。.*H\.264/s },
    },
    {
      values: { codec: 'eac3', kind: 'audio' },
      read: { en: /hear nothing: E-AC-3 does.*AAC/s, zh: /声音：.*E-AC-3。.*AAC/s },
    },
  ],
  'timestamps-jump': [
    {
      values: { jumps: 1, seconds: 2.5 },
      read: { en: /jumped once in a minute, by up to 2\.5 seconds/, zh: /跳变 1 次，最多 2\.5 秒/ },
    },
    { values: { jumps: 3, seconds: 60 }, read: { en: /jumped 3 times/, zh: /3 次，最多 60 秒/ } },
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

test('a finding without its numbers is told all the same', () => {
  for (const code of Object.keys(findings) as FindingCode[]) {
    const { title } = wordsOf({ code, severity: 'info', values: {} }, adviceEn);
    expect(title).not.toMatch(/NaN|undefined/);
  }
});

test('both languages have the same words', () => {
  expect([...leaves(zh).keys()].sort()).toEqual([...leaves(en).keys()].sort());
});

test('every error of the server has words', () => {
  for (const code of Object.keys(errorCodes)) expect(en.errors).toHaveProperty(code);
});

test('no exclamation marks, no half-width commas in Chinese, a space between number and unit', () => {
  for (const [, value] of leaves(en)) expect(said(value)).not.toMatch(/[!]|\d(s|min|h|Mbit)\b/);
  for (const [path, value] of leaves(zh)) {
    if (path === '.language.change' || path === '.room.wasLive') continue;
    expect(said(value), path).not.toMatch(/[!！]|[一-鿿][,.;:?]|[\d][一-鿿]/);
  }
});
