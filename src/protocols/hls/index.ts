import { Mp4SegmentMuxer } from '../../containers/mp4/index.ts';
import { TsSegmentMuxer, tsWraps } from '../../containers/ts/index.ts';
import { SECOND } from '../../media/time.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { HlsHttp } from './http.ts';
import type { Packing } from './server.ts';

/** How often is looked who is still there. */
const SWEEP = SECOND;

const mp4: Packing = {
  name: 'mp4',
  extension: 'm4s',
  type: 'video/mp4',
  parts: true,
  muxer: () => new Mp4SegmentMuxer(),
};
const ts: Packing = {
  name: 'ts',
  extension: 'ts',
  type: 'video/mp2t',
  parts: false,
  muxer: () => new TsSegmentMuxer(),
  wraps: tsWraps,
};

/** Answers `/PATH/index.m3u8` and `/PATH/ts.m3u8`: HLS with low latency in fragmented MP4, and without in MPEG-TS. */
export const hls: Plugin = {
  name: 'hls',
  async start(app: App): Promise<Running> {
    const http = new HlsHttp(app);
    const here = (): string => '';
    app.http.media.push(
      {
        url: '/PATH/hls/BROADCAST/PACKING/NAME',
        brief: true,
        match: (pathname) => /^\/(.+\/hls\/[\w-]+\/[\w-]+\/[^/]+)$/.exec(pathname)?.[1],
        handle: (request, response, place) => http.file(request, response, place),
      },
      {
        url: '/hls/SLUG.m3u8',
        brief: true,
        match: (pathname) => pathWithin(/^\/hls\/([^/]+)\.m3u8$/, pathname, 'live/'),
        handle: http.playlist(mp4, (path) => `../${path}/`),
      },
      {
        url: '/PATH/index.m3u8',
        brief: true,
        match: (pathname) => pathWithin(/^\/(.+)\/index\.m3u8$/, pathname),
        handle: http.playlist(mp4, here),
      },
      {
        url: '/PATH/ts.m3u8',
        brief: true,
        match: (pathname) => pathWithin(/^\/(.+)\/ts\.m3u8$/, pathname),
        handle: http.playlist(ts, here),
      },
    );
    const cancel = app.scheduler.every(SWEEP, () => http.sweep());
    return {
      close: async () => {
        cancel();
        http.close();
      },
    };
  },
};

function pathWithin(pattern: RegExp, pathname: string, before = ''): string | undefined {
  const found = pattern.exec(pathname)?.[1];
  return found === undefined ? undefined : before + found;
}
