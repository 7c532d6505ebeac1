import type { Player } from './player.svelte.ts';

/** Puts the player behind the system's media keys and lock screen. Returns what takes it back. */
export function describeMedia(player: Player): () => void {
  if (!('mediaSession' in navigator)) return () => {};
  const handlers: [MediaSessionAction, () => void][] = [
    ['play', () => player.play()],
    ['pause', () => player.pause()],
    ['stop', () => player.pause()],
  ];
  for (const [action, handler] of handlers) navigator.mediaSession.setActionHandler(action, handler);
  return () => {
    for (const [action] of handlers) navigator.mediaSession.setActionHandler(action, null);
  };
}
