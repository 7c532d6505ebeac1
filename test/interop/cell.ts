import { compare } from './compare.ts';
import type { Packet } from './packets.ts';
import type { Watched } from './players.ts';

/** What a cell of the matrix comes to. */
export interface Cell {
  pictures: number | undefined;
  sounds: number | undefined;
  /** Pictures, or without any sounds, that were sent before this player joined. */
  missed: number;
  /** ms by which picture and sound moved against each other, where the player tells. */
  offsetMs: number | undefined;
  /** In words; empty when all is well. */
  faults: string[];
}

/** A player that joins has this long to begin. Seconds of the film that it must see at least. */
const LEAST = 0.9;

/** Compares what a player tells with what was sent. */
export function judge(sent: readonly Packet[], watched: Watched): Cell {
  const { complaints, seen, pictures, sounds } = watched;
  if (complaints !== '') return { pictures, sounds, missed: 0, offsetMs: undefined, faults: [complaints] };
  if (!seen) return judgeCounts(sent, watched);
  const { faults, ...counts } = compare(sent, seen);
  const kind = sent.some((packet) => packet.kind === 'video') ? 'video' : 'audio';
  const all = sent.filter((packet) => packet.kind === kind);
  const missed = all.length - (kind === 'video' ? counts.pictures : counts.sounds);
  if (all.at(-1)!.dts - (all[missed]?.dts ?? Infinity) < LEAST)
    faults.push(`it saw no more than ${all.length - missed}`);
  return { ...counts, missed, faults };
}

/** A player that only counts has seen the film whole from one of its key frames on. */
function judgeCounts(sent: readonly Packet[], watched: Watched): Cell {
  const { pictures, sounds, soundBytes, slack = { fewer: 0, more: 0 } } = watched;
  const joins = joinsOf(sent);
  const found = joins.find((join) => within(pictures, join.pictures, slack) && within(sounds, join.sounds, slack));
  const possible = joins.map((join) => `${join.pictures} and ${join.sounds}`).join(', ');
  const faults = found ? [] : [`${pictures} pictures and ${sounds} sounds; it may be ${possible}`];
  if (soundBytes === 0 && joins[0]!.sounds > 0) faults.push('no sound was decoded');
  const most = joins[0]!;
  const missed = most.pictures > 0 ? most.pictures - (found?.pictures ?? 0) : most.sounds - (found?.sounds ?? 0);
  return { pictures, sounds, missed, offsetMs: undefined, faults };
}

/** How many pictures and sounds follow each place where a player can join. */
function joinsOf(sent: readonly Packet[]): { pictures: number; sounds: number }[] {
  const only = !sent.some(({ kind }) => kind === 'video');
  const joins = [];
  for (const [index, { kind, key }] of sent.entries()) {
    if (!only && !(kind === 'video' && key)) continue;
    const rest = sent.slice(index);
    const counted = rest.filter((packet) => packet.kind === 'video').length;
    joins.push({ pictures: counted, sounds: rest.length - counted });
  }
  return joins;
}

/** `told` is undefined where the player does not count. */
function within(told: number | undefined, count: number, slack: { fewer: number; more: number }): boolean {
  return told === undefined || (told <= count + slack.more && told >= count - slack.fewer);
}
