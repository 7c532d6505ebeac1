import { FULL_CLIP, makeClip, SMALL_CLIP } from './clip.ts';
import { chat, type ChatResult } from './chat.ts';
import { clipCodecs, makeCodecClip } from './codec-clip.ts';
import { containers, type ContainersResult } from './containers.ts';
import { fanout, type FanoutResult } from './fanout.ts';
import { hlsHeld, type HlsHeldResult } from './hls-held.ts';
import { hlsPicture, type HlsPictureResult } from './hls-picture.ts';
import { hls, type HlsResult } from './hls.ts';
import { ingest, type IngestResult } from './ingest.ts';
import type { HlsMode } from './load/hls-player.ts';
import type { Protocol } from './load/request.ts';
import { loop, type LoopResult } from './loop.ts';
import { memory, type MemoryResult } from './memory.ts';
import type { BenchOptions } from './options.ts';
import { outputs, type OutputsResult } from './outputs.ts';
import { firstPicture, type PictureResult } from './picture.ts';
import { startTime, type StartResult } from './start.ts';
import {
  floor,
  holdingFloor,
  nginx,
  nginxModule,
  nodeMediaServer,
  nodeMediaServerFile,
  roomcast,
  type StartSubject,
} from './subject.ts';

export type Result =
  | ChatResult
  | ContainersResult
  | FanoutResult
  | HlsHeldResult
  | HlsPictureResult
  | HlsResult
  | IngestResult
  | LoopResult
  | MemoryResult
  | OutputsResult
  | PictureResult
  | StartResult;

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

/** Viewers with low latency, each of whom always waits for a list. */
export const BLOCKED_VIEWERS = 500;
/** Sockets of the room that talks, and messages a second. */
export const CROWD = { sockets: 5000, messages: 100 };
/** Comments that fly within one second of each ten, of the row that has everything at once. */
export const BURST = 1000;
/** Requests that wait at once, of the rows about what that takes. */
export const HELD = 10_000;

interface Fanout {
  title: string;
  start: StartSubject;
  protocol?: Protocol;
  cipher?: string;
  viewers?: number;
  streams?: number;
  once?: boolean;
  missing?: () => string | undefined;
}

function fanoutRow(name: string, options: Fanout): Row {
  const { title, start, protocol = 'http-flv', cipher, viewers, streams = 1, once = false, missing } = options;
  return {
    name,
    title,
    interleaved: !once,
    ...(missing ? { missing } : {}),
    measure: ({ viewers: usual, seconds, profile }) =>
      fanout({
        start,
        protocol,
        cipher,
        viewers: viewers ?? usual,
        streams,
        seconds,
        clip: makeClip(streams > 1 ? SMALL_CLIP : FULL_CLIP),
        profile: profile && `${profile}/${name}`,
      }),
  };
}

/** Of TLS 1.3, by what a row is called that offers nothing else. */
const ciphers: ReadonlyMap<string, string> = new Map([
  ['aes128', 'TLS_AES_128_GCM_SHA256'],
  ['aes256', 'TLS_AES_256_GCM_SHA384'],
  ['chacha', 'TLS_CHACHA20_POLY1305_SHA256'],
]);

/** So that each socket of one program is somebody of their own. */
const behindProxy = { env: { ROOMCAST_TRUSTED_PROXIES: '127.0.0.1' } };

const secure = roomcast('100', { secure: true });

const noNginx = (): string | undefined => (nginxModule() ? undefined : 'nginx with its RTMP module is not installed');

/** Rows of servers that npm has. */
export const peerRows: ReadonlySet<string> = new Set(['nms-rtmp', 'nms-flv']);

/** `most`: viewers, where that is fewer than those of other rows. */
function hlsRow(name: string, { title, mode, most }: { title: string; mode: HlsMode; most?: number }): Row {
  return {
    name,
    title,
    interleaved: true,
    measure: ({ viewers, seconds, profile }) =>
      hls({
        start: roomcast('auto'),
        mode,
        viewers: Math.min(viewers, most ?? viewers),
        seconds,
        clip: makeClip(FULL_CLIP),
        profile: profile && `${profile}/${name}`,
      }),
  };
}

function containersRow(what: 'muxing' | 'demuxing', title: string): Row {
  return {
    name: what,
    title,
    interleaved: false,
    measure: ({ seconds }) => containers({ what, clip: makeClip(FULL_CLIP), seconds }),
  };
}

/** Longer segments, so that there is time to ask for a list that is not there. */
const longSegments = roomcast('auto', { env: { ROOMCAST_HLS_SEGMENT: '10' } });

const noPeer = (): string | undefined =>
  nodeMediaServerFile() ? undefined : 'node-media-server could not be installed';

/** As many as were asked for in viewers of the other rows, ten times; 10 000 of the usual 1000. */
function heldOf(viewers: number): number {
  return Math.min(HELD, 10 * viewers);
}

/** In the order in which they run; those that are compared stand side by side. */
export const rows: readonly Row[] = [
  fanoutRow('floor-100', { title: 'floor, HTTP-FLV, window 100 ms', start: floor(100) }),
  fanoutRow('flv-100', { title: 'HTTP-FLV, window 100 ms', start: roomcast('100') }),
  fanoutRow('ws-100', { title: 'WS-FLV, window 100 ms', start: roomcast('100'), protocol: 'ws-flv' }),
  fanoutRow('ts-100', { title: 'HTTP-TS, window 100 ms', start: roomcast('100'), protocol: 'http-ts' }),
  fanoutRow('mp4-100', { title: 'HTTP-MP4, window 100 ms', start: roomcast('100'), protocol: 'http-mp4' }),
  fanoutRow('ws-mp4-100', { title: 'WS-MP4, window 100 ms', start: roomcast('100'), protocol: 'ws-mp4' }),
  fanoutRow('https-100', { title: 'HTTPS-FLV, window 100 ms', start: secure, protocol: 'https-flv' }),
  fanoutRow('h2-100', { title: 'HTTPS-FLV over HTTP/2, window 100 ms', start: secure, protocol: 'h2-flv' }),
  fanoutRow('wss-100', { title: 'WSS-FLV, window 100 ms', start: secure, protocol: 'wss-flv' }),
  ...[...ciphers].map(([name, cipher]) =>
    fanoutRow(`https-${name}`, {
      title: `HTTPS-FLV, window 100 ms, ${cipher}`,
      start: secure,
      protocol: 'https-flv',
      cipher,
    }),
  ),
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
  hlsRow('hls', { title: 'HLS, fragmented MP4', mode: 'mp4' }),
  hlsRow('hls-ts', { title: 'HLS, MPEG-TS', mode: 'ts' }),
  hlsRow('ll-hls', { title: 'LL-HLS, blocked', mode: 'low', most: BLOCKED_VIEWERS }),
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
  {
    name: 'picture-ll-hls',
    title: 'first picture, LL-HLS',
    interleaved: false,
    measure: () => hlsPicture({ start: roomcast('auto'), mode: 'low', clip: makeClip(FULL_CLIP) }),
  },
  {
    name: 'picture-hls',
    title: 'first picture, HLS in MPEG-TS',
    interleaved: false,
    measure: () => hlsPicture({ start: roomcast('auto'), mode: 'ts', clip: makeClip(FULL_CLIP) }),
  },
  {
    name: 'held-floor',
    title: `floor, ${HELD} requests that wait`,
    interleaved: false,
    measure: ({ viewers }) => hlsHeld({ start: holdingFloor, held: heldOf(viewers), clip: makeClip(FULL_CLIP) }),
  },
  {
    name: 'held',
    title: `${HELD} requests that wait for a list`,
    interleaved: false,
    measure: ({ viewers }) => hlsHeld({ start: longSegments, held: heldOf(viewers), clip: makeClip(FULL_CLIP) }),
  },
  {
    name: 'chat',
    title: `a room of ${CROWD.sockets} that talks, beside a stream`,
    interleaved: false,
    measure: ({ seconds }) =>
      chat({ start: roomcast('auto', behindProxy), ...CROWD, seconds, clip: makeClip(FULL_CLIP) }),
  },
  {
    name: 'loop',
    title: `${DELAY_VIEWERS} viewers and a room of ${CROWD.sockets} that talks, at once: how late the server is`,
    interleaved: false,
    measure: ({ viewers, seconds }) =>
      loop({
        start: roomcast('auto', { ...behindProxy, watched: true }),
        viewers: Math.min(viewers, DELAY_VIEWERS),
        sockets: Math.min(CROWD.sockets, 5 * viewers),
        messages: CROWD.messages,
        burst: BURST,
        seconds,
        clip: makeClip(FULL_CLIP),
      }),
  },
  {
    name: 'outputs',
    title: 'memory of a stream with all outputs on',
    interleaved: false,
    measure: () => outputs({ start: roomcast('auto'), clip: makeClip(FULL_CLIP) }),
  },
  containersRow('muxing', 'writing each container'),
  containersRow('demuxing', 'reading each container'),
  ...clipCodecs.map((codec): Row => ({
    name: `ingest-${codec}`,
    title: `taking in ${codec}`,
    interleaved: false,
    measure: async ({ seconds }) => ingest({ start: roomcast('auto'), clip: await makeCodecClip(codec), seconds }),
  })),
  { name: 'start', title: 'start', interleaved: false, measure: startTime },
];
