import { createWriteStream, statSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { program, runProgram } from '../programs.ts';
import { watchBySocket, watchInVideoElement } from './chromium-mp4.ts';
import { watchWithMpv } from './mpv.ts';
import { complaintsOf, readWithFfmpeg } from './packets.ts';
import type { PlayerRow, Ready, Watched } from './players.ts';
import type { Stage } from './stage.ts';
import { watchWithVlc } from './vlc.ts';

const LIMIT_MS = 60_000;

/** Where the stream is on a stage, by what the address ends with; the room is the default one. */
function address({ http, path }: Stage, form: Form): string {
  return form === 'stream' ? `${http}/stream` : `${http}/${path}.${form}`;
}

type Form = 'ts' | 'mp4' | 'stream';
const names: Readonly<Record<Form, string>> = { ts: 'HTTP-TS', mp4: 'HTTP-MP4', stream: '/stream' };
const containers: readonly Form[] = ['ts', 'mp4'];
const all: readonly Form[] = [...containers, 'stream'];

/** Programs that play a stream of TS or MP4 over plain HTTP. */
export const progressivePlayers: readonly PlayerRow[] = [
  ...rows('ffmpeg', all, { watch: read }),
  ...rows('ffprobe', containers, { needs: ['ffprobe'], watch: probe }),
  ...rows('a file', all, { watch: save }),
  ...rows('mpv', all, { needs: ['mpv'], watch: (stage, form, live) => watchWithMpv(address(stage, form), live) }),
  ...rows('VLC', containers, {
    needs: ['vlc'],
    heavy: true,
    watch: (stage, form, live) => watchPatiently(address(stage, form), live),
  }),
  ...rows('GStreamer', containers, { needs: ['gstreamer'], heavy: true, watch: watchWithGstreamer }),
  {
    name: 'Chromium by <video src=/stream>',
    needs: ['chromium'],
    watch: (stage, live) => watchInVideoElement(address(stage, 'stream'), live),
  },
  {
    name: 'Chromium by WS-MP4',
    needs: ['chromium'],
    watch: ({ ws, path }, live) => watchBySocket(`${ws}/${path}.mp4`, live),
  },
];

interface Way extends Partial<Pick<PlayerRow, 'needs' | 'heavy'>> {
  watch(stage: Stage, form: Form, live: Ready): Promise<Watched>;
}

function rows(player: string, forms: readonly Form[], { watch, needs = [], ...rest }: Way): PlayerRow[] {
  return forms.map((form) => ({
    name: `${player} by ${names[form]}`,
    needs,
    ...rest,
    watch: (stage, live) => watch(stage, form, live),
  }));
}

async function read(stage: Stage, form: Form, live: Ready): Promise<Watched> {
  await live();
  return told(address(stage, form), form);
}

/** In TS pictures and sounds have another form than they were sent in. */
async function told(place: string, form: Form): Promise<Watched> {
  const { packets, complaints } = await readWithFfmpeg(place, LIMIT_MS);
  return { seen: form === 'ts' ? packets.map(({ kind, pts }) => ({ kind, pts })) : packets, complaints };
}

async function probe(stage: Stage, form: Form, live: Ready): Promise<Watched> {
  await live();
  const what = ['-count_frames', '-show_entries', 'stream=codec_type,nb_read_frames', '-of', 'csv=p=0'];
  const args = ['-v', 'error', '-rw_timeout', '15000000', ...what, address(stage, form)];
  const outcome = await runProgram(program('ffprobe'), args, { limitMs: LIMIT_MS });
  const count = (kind: string): number => Number(new RegExp(`^${kind},(\\d+)`, 'm').exec(outcome.stdout)?.[1] ?? 0);
  return { pictures: count('video'), sounds: count('audio'), complaints: complaintsOf(outcome) };
}

/** Keeps the bytes of the body as curl does; any program plays the file. */
async function save(stage: Stage, form: Form, live: Ready): Promise<Watched> {
  await live();
  const file = join(stage.folder, `saved-${form}`);
  const out = createWriteStream(file);
  get(address(stage, form), { agent: false }, (response) => response.pipe(out)).on('error', (error) =>
    out.destroy(error),
  );
  await finished(out);
  return told(file, form);
}

/** Pixels of a small picture, whose bytes are counted. */
const [WIDTH, HEIGHT] = [32, 18];
const PICTURE_BYTES = WIDTH * HEIGHT * 1.5;
/** An AAC frame of two channels, in floating point. */
const SOUND_BYTES = 1024 * 2 * 4;

async function watchWithGstreamer(stage: Stage, form: Form, live: Ready): Promise<Watched> {
  const [pictures, sounds] = ['pictures', 'sounds'].map((name) => join(stage.folder, `${name}-${form}`));
  const small = `video/x-raw,format=I420,width=${WIDTH},height=${HEIGHT}`;
  const line = [
    `souphttpsrc location=${address(stage, form)} ! ${form === 'ts' ? 'tsdemux' : 'qtdemux'} name=d`,
    `d. ! queue ! h264parse ! avdec_h264 ! videoscale ! ${small} ! filesink location=${pictures}`,
    `d. ! queue ! aacparse ! avdec_aac ! filesink location=${sounds}`,
  ].join(' ');
  await live();
  const outcome = await runProgram(program('gstreamer'), ['-q', ...line.split(' ')], { limitMs: LIMIT_MS });
  const complaints = complaintsOf(outcome);
  if (complaints !== '') return { complaints };
  return {
    pictures: statSync(pictures!).size / PICTURE_BYTES,
    sounds: statSync(sounds!).size / SOUND_BYTES,
    complaints,
  };
}

/**
 * What VLC says of any endless stream: a fragmented MP4 has no tables of samples, and one that was joined does not begin
 * with the first fragment; tables of TS (PIDs 0 and 32) may be joined anywhere, and say so.
 */
const HARMLESS =
  /no chunk defined|STTS table of 0 entries|doesn't look interleaved|Fragment sequence discontinuity detected|discontinuity indicator \(pid=(?:0|32)\)|mpeg4audio packetizer: AAC channels/;

async function watchPatiently(url: string, live: Ready): Promise<Watched> {
  const { complaints, ...watched } = await watchWithVlc(url, live);
  // What looks for pictures in TS sees one more when it is emptied at the end.
  const slack = { fewer: 1, more: url.endsWith('.ts') ? 1 : 0 };
  const lines = complaints.split('\n').filter((line) => !HARMLESS.test(line));
  return { ...watched, slack, complaints: lines.join('\n') };
}
