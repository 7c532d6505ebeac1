/** What a key asks of the player. */
export type KeyAction =
  | 'toggle'
  | 'mute'
  | 'full'
  | 'pip'
  | 'captions'
  | 'danmaku'
  | 'live'
  | 'chat'
  | 'louder'
  | 'quieter'
  | 'close';

const anywhere: Record<string, KeyAction> = {
  c: 'chat',
  k: 'toggle',
  m: 'mute',
  f: 'full',
  p: 'pip',
  s: 'captions',
  d: 'danmaku',
  l: 'live',
  Escape: 'close',
  ' ': 'toggle',
};
const inside: Record<string, KeyAction> = { ArrowUp: 'louder', ArrowDown: 'quieter' };

/** What is known of a key press. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  target: unknown;
}

/**
 * The meaning of a key. Letters count everywhere but in fields; arrows only inside the player, since outside they
 * scroll the page; the space bar not on a button, which it presses.
 */
export function keyAction(press: KeyPress, focused: boolean): KeyAction | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  const { tagName = '', type = '' } = (press.target ?? {}) as { tagName?: string; type?: string };
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const slider = tagName === 'INPUT' && type === 'range';
  if (['INPUT', 'TEXTAREA', 'SELECT'].includes(tagName) && !slider) return undefined;
  if (key === ' ' && (tagName === 'BUTTON' || tagName === 'A')) return undefined;
  const action = anywhere[key];
  if (action) return action;
  return focused && !slider ? inside[key] : undefined;
}
