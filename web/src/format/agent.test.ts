import { expect, test } from 'vitest';
import { agentName } from './agent.ts';
import { protocolName } from './protocol.ts';

test.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Chrome 140, Windows',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'Edge 140, Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'Safari 18, iPhone',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    'Safari 26, Mac',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox 143, Linux'],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'Chrome 140, Android',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
    'Chrome 156, Linux',
  ],
  ['VLC/3.0.21 LibVLC/3.0.21', 'VLC 3.0'],
  ['Lavf/59.27.100', 'FFmpeg'],
  ['FMLE/3.0 (compatible; Lavf59.27.100)', 'FFmpeg'],
  ['obs-output module (libobs version 31.0.1)', 'OBS 31.0'],
  ['libmpv', 'mpv'],
  ['mpv 0.40.0', 'mpv 0.40'],
  ['OBS Studio/31.0.1', 'OBS 31.0'],
  ['FMLE/3.0 (compatible; FMSc/1.0)', 'FMLE/3.0 (compatible; FMSc/1.0)'],
  ['Somebody/1.0', 'Somebody/1.0'],
])('%s is %s', (agent, name) => {
  expect(agentName(agent)).toBe(name);
});

test('protocols have names; one that is new keeps its own', () => {
  expect(['rtmp', 'http-flv', 'ws-flv', 'srt'].map(protocolName)).toEqual(['RTMP', 'HTTP-FLV', 'WebSocket', 'srt']);
  expect(['http-ts', 'http-mp4', 'ws-mp4', 'hls'].map(protocolName)).toEqual([
    'HTTP-TS',
    'HTTP-MP4',
    'WebSocket (MP4)',
    'HLS',
  ]);
});
