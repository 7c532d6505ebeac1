import type { RoomPage } from './room-page.ts';

/** Run in a page before anything of it, notes when it opens which of the room's addresses. */
export const NOTE_ADDRESSES: string = `(() => {
  globalThis.opened = [];
  const note = (url) => {
    const [, what] = /\\/live\\/lobby(\\.flv|\\.mp4|\\/index\\.m3u8)$/.exec(String(url)) ?? [];
    if (what) opened.push({ at: performance.now(), what: (String(url).startsWith('ws') ? 'ws' : 'http') + what });
  };
  const Socket = globalThis.WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(url, ...rest) {
      super(url, ...rest);
      note(url);
    }
  };
  const { fetch } = globalThis;
  globalThis.fetch = (url, ...rest) => (note(url), fetch(url, ...rest));
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    note(url);
    return open.call(this, method, url, ...rest);
  };
})()`;

interface Opened {
  /** ms */
  at: number;
  what: string;
}

/** The addresses that the page has opened. */
export function openedBy(room: RoomPage): Promise<Opened[]> {
  return room.look('opened');
}
