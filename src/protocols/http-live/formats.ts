import { FlvMuxer } from '../../containers/flv/flv-muxer.ts';
import { Mp4Muxer } from '../../containers/mp4/mp4-muxer.ts';
import type { Muxer } from '../../containers/muxer.ts';
import { TsMuxer } from '../../containers/ts/ts-muxer.ts';

/** A container as it goes over HTTP without an end. */
export interface Format {
  /** The end of its addresses. */
  readonly suffix: string;
  readonly contentType: string;
  /** The protocol of its sessions over HTTP. */
  readonly http: string;
  /** The same over WebSocket; absent where no player wants that. */
  readonly socket?: string;
  /** The feed that all its viewers share. */
  readonly feed: string;
  muxer(): Muxer;
}

/** What any browser and most programs play by themselves. */
export const mp4: Format = {
  suffix: '.mp4',
  contentType: 'video/mp4',
  http: 'http-mp4',
  socket: 'ws-mp4',
  feed: 'mp4',
  muxer: () => new Mp4Muxer(),
};

/** All that is served. */
export const formats: readonly Format[] = [
  {
    suffix: '.flv',
    contentType: 'video/x-flv',
    http: 'http-flv',
    socket: 'ws-flv',
    feed: 'flv',
    muxer: () => new FlvMuxer(),
  },
  { suffix: '.ts', contentType: 'video/mp2t', http: 'http-ts', feed: 'ts', muxer: () => new TsMuxer() },
  mp4,
];
