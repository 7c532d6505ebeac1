import { describe, expect, test } from 'vitest';
import { WrongUsage } from '../config/load.ts';
import { transcodeFlags } from './transcode.ts';

const read = (flags: Record<string, string | true>): unknown => transcodeFlags(new Map(Object.entries(flags)));

describe('the flags of --transcode', () => {
  test('are read', () => {
    expect(read({})).toBeUndefined();
    expect(read({ transcode: true })).toEqual({});
    expect(read({ transcode: true, size: '1280x720', fps: '29.97', bitrate: '2500k', gop: '2s' })).toEqual({
      size: { width: 1280, height: 720 },
      fps: 29.97,
      bitRate: 2_500_000,
      gop: 2,
    });
    expect(read({ transcode: true, bitrate: '1.5M', gop: '0.5' })).toEqual({ bitRate: 1_500_000, gop: 0.5 });
  });

  test.each(['size', 'fps', 'bitrate', 'gop'])('--%s alone is refused', (name) => {
    expect(() => read({ [name]: '1' })).toThrow(`--${name} goes with --transcode only.`);
  });

  test.each([
    ['size', '1281x720'],
    ['size', '1280'],
    ['size', '0x0'],
    ['size', '1280x720,crop=1'],
    ['fps', '0'],
    ['fps', '30;x'],
    ['fps', '-1'],
    ['bitrate', '2500kbit'],
    ['bitrate', '1'],
    ['gop', '0'],
    ['gop', '2m'],
    ['gop', '99'],
  ])('--%s %s is refused', (name, value) => {
    expect(() => read({ transcode: true, [name]: value })).toThrow(WrongUsage);
  });
});
