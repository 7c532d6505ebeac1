import { createWriteStream } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { WebSocket } from 'ws';
import { type ProgramName, program, runProgram } from '../programs.ts';
import { watchInChromium } from './chromium.ts';
import type { Seen } from './compare.ts';
import { watchWithMpv } from './mpv.ts';
import { startNginx } from './nginx.ts';
import { complaintsOf, readWithFfmpeg } from './packets.ts';
import type { Stage } from './stage.ts';
import { watchWithVlc } from './vlc.ts';

/** What a player tells of a stream that it watched to its end. */
export interface Watched {
  /** Everything it got, in order, where it tells so much. */
  seen?: Seen[];
  /** Pictures that it decoded, where it tells only that. */
  pictures?: number;
  sounds?: number;
  /** Bytes of sound that it decoded, where it tells only that. */
  soundBytes?: number;
  /** How many it counts too few or too many by its nature. */
  slack?: { fewer: number; more: number };
  /** What it found fault with. */
  complaints: string;
}

/** Called by a player that is ready; resolves when it may begin. */
export type Ready = () => Promise<void>;

/** A kind of program that plays, and by what. */
export interface PlayerRow {
  name: string;
  /** Beside ffmpeg, which reads what others have saved. */
  needs: readonly ProgramName[];
  /** Part of the heavier form only. */
  heavy?: boolean;
  /** Gets ready, begins to watch when `live` resolves, and stays to the stream's end. */
  watch(stage: Stage, live: Ready): Promise<Watched>;
}

const LIMIT_MS = 60_000;

export const players: readonly PlayerRow[] = [
  { name: 'ffmpeg by RTMP', needs: [], watch: ({ rtmpUrl }, live) => read(rtmpUrl, live) },
  { name: 'ffmpeg by HTTP-FLV', needs: [], watch: ({ httpUrl }, live) => read(httpUrl, live) },
  { name: 'ffprobe by RTMP', needs: ['ffprobe'], watch: ({ rtmpUrl }, live) => probe(rtmpUrl, live) },
  { name: 'ffprobe by HTTP-FLV', needs: ['ffprobe'], watch: ({ httpUrl }, live) => probe(httpUrl, live) },
  { name: 'a file by HTTP-FLV', needs: [], watch: saveByHttp },
  { name: 'a file by WS-FLV', needs: [], watch: saveByWebSocket },
  { name: 'rtmpdump', needs: ['rtmpdump'], watch: saveWithRtmpdump },
  { name: 'mpv by RTMP', needs: ['mpv'], watch: ({ rtmpUrl }, live) => watchWithMpv(rtmpUrl, live) },
  { name: 'mpv by HTTP-FLV', needs: ['mpv'], watch: ({ httpUrl }, live) => watchWithMpv(httpUrl, live) },
  {
    name: 'Chromium by HTTP-FLV',
    needs: ['chromium'],
    watch: ({ httpUrl }, live) => watchInChromium(httpUrl, live),
  },
  {
    name: 'Chromium by WS-FLV',
    needs: ['chromium'],
    watch: ({ wsUrl }, live) => watchInChromium(wsUrl, live),
  },
  { name: 'nginx pull', needs: ['nginx'], heavy: true, watch: pullWithNginx },
  { name: 'VLC by RTMP', needs: ['vlc'], heavy: true, watch: ({ rtmpUrl }, live) => watchWithVlc(rtmpUrl, live) },
  { name: 'VLC by HTTP-FLV', needs: ['vlc'], heavy: true, watch: ({ httpUrl }, live) => watchWithVlc(httpUrl, live) },
];

/** Those of the given names. */
export function playersNamed(...names: string[]): PlayerRow[] {
  return names.map((name) => players.find((player) => player.name === name)!);
}

async function read(url: string, live: Ready): Promise<Watched> {
  await live();
  const { packets, complaints } = await readWithFfmpeg(url, LIMIT_MS);
  return { seen: packets, complaints };
}

async function probe(url: string, live: Ready): Promise<Watched> {
  await live();
  const what = ['-count_frames', '-show_entries', 'stream=codec_type,nb_read_frames', '-of', 'csv=p=0'];
  const args = ['-v', 'error', '-rw_timeout', '15000000', ...what, url];
  const outcome = await runProgram(program('ffprobe'), args, { limitMs: LIMIT_MS });
  const count = (kind: string): number => Number(new RegExp(`^${kind},(\\d+)`, 'm').exec(outcome.stdout)?.[1] ?? 0);
  return { pictures: count('video'), sounds: count('audio'), complaints: complaintsOf(outcome) };
}

/** Keeps the bytes of the body as any program does that knows nothing of FLV. */
async function saveByHttp({ httpUrl, folder }: Stage, live: Ready): Promise<Watched> {
  await live();
  const file = join(folder, 'http.flv');
  const out = createWriteStream(file);
  get(httpUrl, { agent: false }, (response) => response.pipe(out)).on('error', (error) => out.destroy(error));
  await finished(out);
  return readFile(file);
}

async function saveByWebSocket({ wsUrl, folder }: Stage, live: Ready): Promise<Watched> {
  await live();
  const file = join(folder, 'ws.flv');
  const out = createWriteStream(file);
  const socket = new WebSocket(wsUrl);
  const code = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('message', (data: Buffer) => out.write(data));
  socket.on('error', (error) => out.destroy(error));
  const closed = await code;
  out.end();
  await finished(out);
  const watched = await readFile(file);
  return closed === 1000 ? watched : { ...watched, complaints: `closed with ${closed}\n${watched.complaints}` };
}

async function saveWithRtmpdump({ rtmpUrl, folder }: Stage, live: Ready): Promise<Watched> {
  await live();
  const file = join(folder, 'rtmpdump.flv');
  const outcome = await runProgram(program('rtmpdump'), ['-q', '-v', '-r', rtmpUrl, '-o', file], { limitMs: LIMIT_MS });
  const complaints = complaintsOf(outcome);
  return complaints === '' ? readFile(file) : { complaints };
}

/** nginx pulls the stream for an application of its own and records that. */
async function pullWithNginx({ rtmpUrl }: Stage, live: Ready): Promise<Watched> {
  await live();
  // What it pulls anew would overwrite what it has.
  const pull = `pull ${rtmpUrl} name=copy static; pull_reconnect 1h;`;
  const nginx = await startNginx((folder) => `${pull} record all; record_path ${folder}; record_suffix .flv;`);
  await nginx.left(LIMIT_MS);
  return readFile(join(nginx.folder, 'copy.flv'));
}

async function readFile(file: string): Promise<Watched> {
  const { packets, complaints } = await readWithFfmpeg(file, LIMIT_MS);
  return { seen: packets, complaints };
}
