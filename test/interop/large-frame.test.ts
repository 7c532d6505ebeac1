import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { FlvDemuxer, FlvMuxer } from '../../src/containers/flv/index.ts';
import type { Frame, Track } from '../../src/media/frame.ts';
import { temporaryFolder } from '../output.ts';
import { testWith } from '../programs.ts';
import { closeChromium } from './chromium.ts';
import { long } from '../long.ts';
import { film, type Film } from './films.ts';
import { readWithFfmpeg } from './packets.ts';
import { openOldBroadcast } from './old-broadcast.ts';
import { playersNamed } from './players.ts';
import { sendWithFfmpeg } from './publishers.ts';
import { show } from './showing.ts';
import { openStage } from './stage.ts';

const LARGE = 8 * 2 ** 20;

afterAll(closeChromium);

testWith(['ffmpeg', 'mpv', 'rtmpdump', 'chromium'], 'a key frame of 8 MiB passes whole (C-RTMP-20)', {}, async () => {
  const byRtmp = ['ffmpeg by RTMP', 'rtmpdump', 'mpv by RTMP'];
  const others = [
    'ffmpeg by HTTP-FLV',
    'mpv by HTTP-FLV',
    'a file by WS-FLV',
    'Chromium by HTTP-FLV',
    'Chromium by WS-FLV',
  ];
  const { complaints, cells } = await show({
    stage: await openStage(),
    film: await withLargeFrame(await film('b-frames', 5)),
    players: playersNamed(...byRtmp, ...others),
    manner: 'wait',
    send: sendWithFfmpeg,
  });
  expect(complaints).toBe('');
  for (const [name, { faults, missed }] of cells)
    expect({ name, faults, missed }).toEqual({ name, faults: [], missed: 0 });
});

/** Each of its chunks then has an extended time (C-RTMP-06), which players read in ways of their own. */
testWith(
  ['ffmpeg', 'rtmpdump', 'mpv'],
  'a key frame of 8 MiB passes whole in a broadcast of five hours',
  {},
  async () => {
    const large = await withLargeFrame(await film('b-frames', 5));
    const { complaints, cells } = await show({
      stage: await openOldBroadcast(await film('b-frames', 5), 5 * 3600),
      film: large,
      players: playersNamed(
        'ffmpeg by RTMP',
        'rtmpdump',
        'mpv by RTMP',
        ...(long ? ['nginx pull', 'VLC by RTMP'] : []),
      ),
      manner: 'join',
      send: sendWithFfmpeg,
    });
    expect(complaints).toBe('');
    for (const [name, { faults }] of cells) expect({ name, faults }).toEqual({ name, faults: [] });
  },
);

/** The same film, whose second key frame carries 8 MiB of filler that decoders skip. */
async function withLargeFrame({ file }: Film): Promise<Film> {
  const muxer = new FlvMuxer();
  const tracks: Track[] = [];
  const frames: Frame[] = [];
  for (const event of new FlvDemuxer().push(readFileSync(file))) {
    if (event.type === 'track') tracks.push(event.track);
    else if (event.type === 'frame') frames.push(event.frame);
  }
  const [, second] = frames.filter(({ track, key }) => track.kind === 'video' && key);
  const bytes = frames.map((frame) => muxer.mux(frame === second ? { ...frame, data: padded(frame.data) } : frame));
  const large = join(temporaryFolder(), 'large.flv');
  writeFileSync(large, Buffer.concat([muxer.header(tracks), ...bytes]));
  const { packets, complaints } = await readWithFfmpeg(large);
  expect(complaints).toBe('');
  expect(Math.max(...packets.map(({ size }) => size))).toBeGreaterThan(LARGE);
  return { file: large, packets };
}

/** With two NAL units of filler data (H.264 7.3.2.7) before the picture, as one may not be so large. */
function padded(picture: Uint8Array): Uint8Array {
  const nal = Buffer.alloc(LARGE / 2, 0xff);
  nal[0] = 12;
  nal[nal.length - 1] = 0x80;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(nal.length);
  return Buffer.concat([length, nal, length, nal, picture]);
}
