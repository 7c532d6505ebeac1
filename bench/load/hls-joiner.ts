/** A program: players of HLS that come one after another and say how long their first picture took. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type MediaList, type Piece } from './hls-list.ts';
import { type HlsMode, HlsPlayer } from './hls-player.ts';
import { pathOf } from './request.ts';
import { clock, firstStamp } from './stamp.ts';

export interface HlsJoinerOptions {
  port: number;
  path: string;
  streams: number;
  mode: HlsMode;
}

export interface HlsJoinRequest {
  /** Number of the stream. */
  stream: number;
}

export interface HlsJoin {
  /** ms from connecting to the last byte of what has the first key frame. */
  took: number;
  /** ms from its publication until then: how far behind the player begins. Undefined where it was not found. */
  behind: number | undefined;
}

/** RFC 8216, 6.3.3. */
const BEHIND = 3;
const AGAIN_MS = 500;

const options = JSON.parse(process.argv[2]!) as HlsJoinerOptions;
let joined = 0;

process.on('disconnect', () => process.exit());
process.on('message', (request: HlsJoinRequest) => {
  join(request.stream).then(
    (said) => process.send!(said),
    (error: Error) => {
      process.stderr.write(`joiner: ${error.message}\n`);
      process.exit(1);
    },
  );
});
process.send!({ ready: true });

async function join(stream: number): Promise<HlsJoin> {
  const { port, mode } = options;
  const start = clock();
  const player = new HlsPlayer({ port, path: pathOf(options, stream), mode }, `joiner-${joined++}`);
  await player.open();
  let { list } = await player.list();
  for (let piece = firstOf(list); ; piece = firstOf(list)) {
    if (piece) {
      if (list.init !== undefined) await player.fetch(list.init);
      const { body, at } = await player.fetch(piece.uri, true);
      const stamp = firstStamp(body);
      player.close();
      return { took: (at - start) / 1000, behind: stamp === undefined ? undefined : (at - stamp) / 1000 };
    }
    await sleep(AGAIN_MS);
    ({ list } = await player.list());
  }
}

/**
 * Where a player begins: with parts, at the last one that decoding can start at and that is its hold-back behind the end,
 * or at the first such; without, three segments before the end.
 */
function firstOf({ parts, partHoldBack, segments }: MediaList): Piece | undefined {
  if (options.mode !== 'low') return segments.at(-BEHIND) ?? segments[0];
  const keys = parts.filter(({ independent }) => independent);
  let left = parts.reduce((sum, { duration }) => sum + duration, 0);
  let found: Piece | undefined;
  for (const part of parts) {
    if (left < partHoldBack) break;
    if (part.independent) found = part;
    left -= part.duration;
  }
  return found ?? keys[0];
}
