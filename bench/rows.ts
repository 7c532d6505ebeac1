import { FULL_CLIP, makeClip, SMALL_CLIP } from './clip.ts';
import { clipCodecs, makeCodecClip } from './codec-clip.ts';
import { fanout, type FanoutResult } from './fanout.ts';
import { ingest, type IngestResult } from './ingest.ts';
import type { Protocol } from './load/request.ts';
import { memory, type MemoryResult } from './memory.ts';
import type { BenchOptions } from './options.ts';
import { firstPicture, type PictureResult } from './picture.ts';
import { startTime, type StartResult } from './start.ts';
import {
  floor,
  nginx,
  nginxModule,
  nodeMediaServer,
  nodeMediaServerFile,
  roomcast,
  type StartSubject,
} from './subject.ts';

export type Result = FanoutResult | IngestResult | MemoryResult | PictureResult | StartResult;

/** One thing that is measured. */
export interface Row {
  name: string;
  title: string;
  /** Measured in every run, so that its figures may be divided by those of other rows. */
  interleaved: boolean;
  /** A word on why it cannot be measured on this machine. */
  missing?(): string | undefined;
  measure(options: BenchOptions): Promise<Result>;
}

/** Viewers of the rows that are about delay. */
export const DELAY_VIEWERS = 300;
/** Viewers of the row that fills a core. */
export const FULL_VIEWERS = 4000;

/** Publishers, with one viewer each, of the rows that are about them. */
export const PUBLISHERS = 200;

interface Fanout {
  title: string;
  start: StartSubject;
  protocol?: Protocol;
  viewers?: number;
  streams?: number;
  once?: boolean;
  missing?: () => string | undefined;
}

function fanoutRow(name: string, options: Fanout): Row {
  const { title, start, protocol = 'http-flv', viewers, streams = 1, once = false, missing } = options;
  return {
    name,
    title,
    interleaved: !once,
    ...(missing ? { missing } : {}),
    measure: ({ viewers: usual, seconds, profile }) =>
      fanout({
        start,
        protocol,
        viewers: viewers ?? usual,
        streams,
        seconds,
        clip: makeClip(streams > 1 ? SMALL_CLIP : FULL_CLIP),
        profile: profile && `${profile}/${name}`,
      }),
  };
}

const noNginx = (): string | undefined => (nginxModule() ? undefined : 'nginx with its RTMP module is not installed');

/** Rows of servers that npm has. */
export const peerRows: ReadonlySet<string> = new Set(['nms-rtmp', 'nms-flv']);

const noPeer = (): string | undefined =>
  nodeMediaServerFile() ? undefined : 'node-media-server could not be installed';

/** In the order in which they run; those that are compared stand side by side. */
export const rows: readonly Row[] = [
  fanoutRow('floor-100', { title: 'floor, HTTP-FLV, window 100 ms', start: floor(100) }),
  fanoutRow('flv-100', { title: 'HTTP-FLV, window 100 ms', start: roomcast('100') }),
  fanoutRow('ws-100', { title: 'WS-FLV, window 100 ms', start: roomcast('100'), protocol: 'ws-flv' }),
  fanoutRow('rtmp-100', { title: 'RTMP play, window 100 ms', start: roomcast('100'), protocol: 'rtmp' }),
  fanoutRow('nginx-rtmp', { title: 'nginx, RTMP play', start: nginx, protocol: 'rtmp', missing: noNginx }),
  fanoutRow('nms-rtmp', {
    title: 'node-media-server, RTMP play',
    start: nodeMediaServer,
    protocol: 'rtmp',
    missing: noPeer,
  }),
  fanoutRow('nms-flv', {
    title: 'node-media-server, HTTP-FLV',
    start: nodeMediaServer,
    missing: noPeer,
  }),
  fanoutRow('floor-frame', { title: 'floor, HTTP-FLV, a write per picture', start: floor(0) }),
  fanoutRow('flv-frame', { title: 'HTTP-FLV, flush per frame', start: roomcast('0') }),
  fanoutRow('flv-auto', { title: 'HTTP-FLV, adaptive', start: roomcast('auto') }),
  fanoutRow('delay-frame', { title: 'delay, flush per frame', start: roomcast('0'), viewers: DELAY_VIEWERS }),
  fanoutRow('delay-auto', { title: 'delay, adaptive', start: roomcast('auto'), viewers: DELAY_VIEWERS }),
  fanoutRow('publishers', {
    title: `${PUBLISHERS} publishers, RTMP play`,
    start: roomcast('auto'),
    protocol: 'rtmp',
    viewers: PUBLISHERS,
    streams: PUBLISHERS,
  }),
  fanoutRow('publishers-nginx', {
    title: `nginx, ${PUBLISHERS} publishers`,
    start: nginx,
    protocol: 'rtmp',
    viewers: PUBLISHERS,
    streams: PUBLISHERS,
    missing: noNginx,
  }),
  fanoutRow('full-auto', {
    title: 'one core full, adaptive',
    start: roomcast('auto'),
    viewers: FULL_VIEWERS,
    once: true,
  }),
  {
    name: 'memory',
    title: 'memory',
    interleaved: false,
    measure: ({ viewers }) => memory({ start: roomcast('auto'), viewers, clip: makeClip(FULL_CLIP) }),
  },
  {
    name: 'picture',
    title: 'first picture',
    interleaved: false,
    measure: () => firstPicture({ start: roomcast('auto'), clip: makeClip(FULL_CLIP) }),
  },
  ...clipCodecs.map((codec): Row => ({
    name: `ingest-${codec}`,
    title: `taking in ${codec}`,
    interleaved: false,
    measure: async ({ seconds }) => ingest({ start: roomcast('auto'), clip: await makeCodecClip(codec), seconds }),
  })),
  { name: 'start', title: 'start', interleaved: false, measure: startTime },
];
