import type { MediaPlaylist } from './playlist.ts';
import { readPlaylist } from './playlist-reader.ts';
import type { Exchange } from './rules-http.ts';

/** The media playlist in an answer. */
export function playlistOf({ bytes, status, url }: Exchange): MediaPlaylist {
  const playlist = status === 200 ? readPlaylist(bytes) : undefined;
  if (playlist?.kind !== 'media') throw new Error(`${url} is no media playlist: ${status}.`);
  return playlist;
}

/** The code of the error in an answer. */
export function errorOf({ bytes }: Exchange): string {
  return (JSON.parse(new TextDecoder().decode(bytes)) as { error: { code: string } }).error.code;
}
