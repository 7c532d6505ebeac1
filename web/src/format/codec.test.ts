import { expect, test } from 'vitest';
import { codecNames, profileOf, trackFacts } from './codec.ts';

test.each([
  ['avc1.64002A', 'High 4.2'],
  ['avc1.42E01F', 'Baseline 3.1'],
  ['avc3.4D0028', 'Main 4.0'],
  ['avc1.630028', 'avc1.630028'],
  ['hvc1.1.6.L93.B0', 'hvc1.1.6.L93.B0'],
  [undefined, undefined],
])('%s is %s', (codecs, words) => {
  expect(profileOf(codecs)).toBe(words);
});

test('a track is told by what is known of it', () => {
  const channels = (count: number): string => `${count} channels`;
  const picture = { id: 1, kind: 'video', codec: 'h264', codecs: 'avc1.64002A', width: 1920, height: 1080 } as const;
  expect(trackFacts(picture, channels)).toEqual(['H.264', 'High 4.2', '1920×1080']);
  const sound = { id: 2, kind: 'audio', codec: 'aac', sampleRate: 44_100, channels: 2 } as const;
  expect(trackFacts(sound, channels)).toEqual(['AAC', '44.1 kHz', '2 channels']);
  expect(trackFacts({ id: 3, kind: 'audio', codec: 'opus' }, channels)).toEqual(['Opus']);
});

test('codecs are listed as the language does, each once', () => {
  const tracks = [
    { kind: 'video', codec: 'h265' },
    { kind: 'audio', codec: 'ac3' },
    { kind: 'data', codec: 'amf' },
    { kind: 'audio', codec: 'ac3' },
  ] as const;
  expect(codecNames(tracks, 'en')).toBe('H.265, AC-3');
  expect(codecNames(tracks, 'zh')).toBe('H.265、AC-3');
});
