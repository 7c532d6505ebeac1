import type { Packet } from './packets.ts';

/** What a player says it got: a packet, or a picture or sound that it decoded. */
export interface Seen {
  kind: 'video' | 'audio';
  /** Seconds of the player's own clock. */
  pts: number;
  sum?: string;
}

/** What became of a film on its way to a player. */
export interface Comparison {
  pictures: number;
  sounds: number;
  /** Faults in words; empty when everything from the place where the player joined arrived as it was sent. */
  faults: string[];
  /** ms by which picture and sound moved against each other, at the worst place. */
  offsetMs: number;
}

/** Sound may begin this long before or after the picture where the player joined. Seconds. */
const JOIN_TOLERANCE = 0.15;

/**
 * Compares what a player got with what was sent. It may have joined at any key frame; from there on nothing may be
 * missing, added, changed or moved in time.
 */
export function compare(sent: readonly Packet[], seen: readonly Seen[]): Comparison {
  const faults: string[] = [];
  const shifts: number[] = [];
  const joined: number[] = [];
  const counts = { video: 0, audio: 0 };
  for (const kind of ['video', 'audio'] as const) {
    const all = inOrder(sent.filter((packet) => packet.kind === kind));
    const got = inOrder(seen.filter((each) => each.kind === kind));
    counts[kind] = got.length;
    if (all.length === 0 && got.length === 0) continue;
    const from = all.length - got.length;
    const first = all[from];
    if (got.length === 0 || !first) {
      faults.push(`${got.length} of ${all.length} of ${kind}`);
      continue;
    }
    joined.push(first.dts);
    if (kind === 'video' && !first.key) faults.push(`${got.length} pictures of ${all.length} begin at no key frame`);
    for (const [index, { pts, sum }] of got.entries()) {
      const source = all[from + index]!;
      if (sum !== undefined && sum !== source.sum) faults.push(`${kind} at ${source.pts} s is not what was sent`);
      shifts.push(pts - source.pts);
    }
  }
  if (joined.length === 2 && Math.abs(joined[0]! - joined[1]!) > JOIN_TOLERANCE)
    faults.push(`picture from ${joined[0]} s, sound from ${joined[1]} s`);
  const offsetMs = Math.round((Math.max(...shifts) - Math.min(...shifts)) * 1000);
  return { pictures: counts.video, sounds: counts.audio, faults: faults.slice(0, 5), offsetMs };
}

function inOrder<S extends { pts: number }>(list: S[]): S[] {
  return list.sort((a, b) => a.pts - b.pts);
}
