import { onTestFinished } from 'vitest';
import { connectRoom, type RoomConnection } from '../../src/client/index.ts';
import type { Danmaku } from '../../src/client/messages.ts';
import { GAP } from '../../web/src/danmaku/flight.ts';

/** What is seen of a comment over the picture, in CSS px from the top left of the player. */
export interface SeenComment {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** The colour of most of its bright points, `r,g,b` with each to the nearest 16. */
  color: string;
}

/**
 * Reads what lies over the picture from its pixels: rows of points that are not see-through, and in them pieces with as much
 * room between as there is between two comments.
 */
const SEE = `(() => {
  const canvas = document.querySelector('.danmaku canvas');
  if (!canvas || canvas.width === 0) return [];
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  const seen = (x, y) => data[(y * width + x) * 4 + 3] > 100;
  const pieces = (length, filled, room) => {
    const found = [];
    for (let at = 0, open; at <= length; at++) {
      const full = at < length && filled(at);
      if (full) {
        if (open && at - open[1] <= room) open[1] = at;
        else found.push((open = [at, at]));
      }
    }
    return found;
  };
  const lines = pieces(height, (y) => { for (let x = 0; x < width; x++) if (seen(x, y)) return true; return false; }, 1);
  return lines.flatMap(([top, bottom]) => pieces(width, (x) => {
    for (let y = top; y <= bottom; y++) if (seen(x, y)) return true;
    return false;
  }, ${GAP / 2}).map(([left, right]) => {
    const colors = new Map();
    for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) {
      const at = (y * width + x) * 4;
      if (Math.max(data[at], data[at + 1], data[at + 2]) < 140) continue;
      const color = [0, 1, 2].map((part) => Math.round(data[at + part] / 16) * 16).join();
      colors.set(color, (colors.get(color) ?? 0) + 1);
    }
    const [color] = [...colors].sort((a, b) => b[1] - a[1])[0] ?? [''];
    return { left, right, top, bottom, color };
  }));
})()`;

/** The comments over the picture of a page. */
export function commentsOver(page: { look<T>(expression: string): Promise<T> }): Promise<SeenComment[]> {
  return page.look(SEE);
}

/** Somebody who talks in the lobby over its socket, as any program may. */
export class Talker {
  readonly #room: RoomConnection;

  private constructor(room: RoomConnection) {
    this.#room = room;
  }

  /** `base`: address of the server. */
  static async enter(base: string, guest: string): Promise<Talker> {
    const room = await new Promise<RoomConnection>((resolve) => {
      const connection = connectRoom({
        base,
        slug: 'lobby',
        listener: ({ type }) => type === 'open' && resolve(connection),
      });
      onTestFinished(() => connection.close());
    });
    await room.login({ guest });
    return new Talker(room);
  }

  /** Says something that flies; gives the message’s id. */
  async fly(text: string, danmaku: Partial<Danmaku> = {}): Promise<string> {
    const { message } = await this.#room.ask({
      type: 'say',
      text,
      danmaku: { mode: 'scroll', color: 'white', ...danmaku },
    });
    return message!.id;
  }

  async edit(message: string, text: string): Promise<void> {
    await this.#room.ask({ type: 'edit', message, text });
  }

  async delete(message: string): Promise<void> {
    await this.#room.ask({ type: 'delete', message });
  }
}
