/** The symbols of `Sprite.svelte`. */
export type IconName =
  | 'back' | 'check' | 'copy' | 'eye' | 'full' | 'small' | 'gear' | 'globe' | 'link' | 'lock' | 'muted' | 'next' | 'pause' | 'people'
  | 'pip' | 'play' | 'pulse' | 'share' | 'sun' | 'volume' | 'warn' | 'x';
