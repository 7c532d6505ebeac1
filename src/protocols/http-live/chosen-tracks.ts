import type { Muxer } from '../../containers/muxer.ts';
import type { Kind, Track } from '../../media/frame.ts';
import { mainTrack } from '../../media/frame.ts';

/** Numbers of the tracks that somebody wants in place of those that are played. */
export type Choice = { readonly [kind in Kind]?: number };

/** What of a choice makes a difference: what is gone, or is played anyhow, does not. */
export function effective(choice: Choice, tracks: readonly Track[]): Choice {
  const kept = Object.entries(choice).filter(([kind, id]) => {
    const own = tracks.filter((track) => track.kind === kind);
    return own.some((track) => track.id === id) && mainTrack(own, kind as Kind)?.id !== id;
  });
  return Object.fromEntries(kept);
}

/** The name of the feed that all who chose the same share. */
export function feedOf(feed: string, choice: Choice): string {
  return [feed, ...Object.values(choice).sort((a, b) => a - b)].join('#');
}

/** A muxer that carries of some kinds one track alone. */
export function choosing(muxer: Muxer, choice: Choice): Muxer {
  return {
    inline: muxer.inline,
    wants: (track) => (choice[track.kind] ?? track.id) === track.id,
    carries: (track) => muxer.carries(track),
    ...(muxer.tell && { tell: (tracks: readonly Track[]) => muxer.tell!(tracks) }),
    header: (tracks) => muxer.header(tracks),
    announce: (track, tracks) => muxer.announce(track, tracks),
    mux: (frame) => muxer.mux(frame),
  };
}
