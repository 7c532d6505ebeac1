import type { Player } from './player.svelte.ts';

/** Wide enough for a lock screen. px */
const WIDTH = 512;
const SHARPNESS = 0.8;

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

/** Tells the system what plays, with a picture of it once there is one. */
export function showMedia({ title, video }: { title: string; video: HTMLVideoElement | undefined }): void {
  if (!('mediaSession' in navigator)) return;
  if (title === '') {
    navigator.mediaSession.metadata = null;
    return;
  }
  const src = video && pictureOf(video);
  // Without a new picture the one before stays, for as long as the room is the same.
  const before = navigator.mediaSession.metadata;
  const artwork = src ? [{ src, type: 'image/jpeg' }] : before?.title === title ? [...before.artwork] : [];
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist: 'roomcast', artwork });
}

/** The picture that is on the screen, as an address that holds it. */
function pictureOf(video: HTMLVideoElement): string | undefined {
  if (video.videoWidth === 0) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/jpeg', SHARPNESS);
}
