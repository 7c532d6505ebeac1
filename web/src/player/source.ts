import { errorOf } from '../../../src/client/api.ts';
import type { Loss, Transport } from './joiner.ts';

/** Close codes of the media socket, beside 1000 for a clean end. */
const KICKED = 4403;

export interface SourceOptions {
  /** Origin of the server. */
  base: string;
  /** `live/SLUG.flv`, `live/SLUG.mp4`. */
  path: string;
  transport: Transport;
  data(bytes: Uint8Array): void;
  over(loss: Loss): void;
}

/** An open connection that brings the stream. After `close` it calls nothing any more. */
export interface Source {
  close(): void;
}

/** Opens the stream over a WebSocket or over HTTP. */
export function openSource(options: SourceOptions): Source {
  return options.transport === 'ws' ? openSocket(options) : openHttp(options);
}

function openSocket({ base, path, data, over }: SourceOptions): Source {
  const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/${path}`);
  socket.binaryType = 'arraybuffer';
  socket.onmessage = ({ data: message }: MessageEvent) => {
    if (message instanceof ArrayBuffer) data(new Uint8Array(message));
  };
  socket.onclose = ({ code }) => {
    if (code === KICKED) over({ kind: 'refused', code: 'kicked' });
    else over({ kind: code === 1000 ? 'ended' : 'failed' });
  };
  return {
    close() {
      socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}

function openHttp({ base, path, data, over }: SourceOptions): Source {
  const stop = new AbortController();
  void read();
  return { close: () => stop.abort() };

  async function read(): Promise<void> {
    try {
      const response = await fetch(`${base}/${path}`, { signal: stop.signal, cache: 'no-store' });
      if (!response.ok || !response.body) {
        const { code, retryAfter } = await errorOf(response);
        return over({ kind: 'refused', code, ...(retryAfter === undefined ? {} : { retryAfter }) });
      }
      const reader = response.body.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        if (stop.signal.aborted) return;
        data(next.value);
      }
      over({ kind: 'ended' });
    } catch {
      if (!stop.signal.aborted) over({ kind: 'failed' });
    }
  }
}
