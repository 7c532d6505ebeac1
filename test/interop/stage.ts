import { onTestFinished } from 'vitest';
import type { Options } from '../../src/config/settings.ts';
import type { Stream } from '../../src/live/stream.ts';
import type { Environment } from '../../src/server.ts';
import { temporaryFolder } from '../output.ts';
import { startServer, type TestServer, until } from '../servers.ts';

/** A server with one stream on it. */
export interface Stage extends TestServer {
  path: string;
  /** Where it is published, and played. */
  rtmpUrl: string;
  httpUrl: string;
  wsUrl: string;
  folder: string;
  /** Resolves when the stream is live with these many tracks of picture and sound. */
  live(tracks: number): Promise<void>;
  /** Resolves when so many play. */
  viewers(count: number): Promise<void>;
}

export async function openStage(options: Options = {}, environment: Environment = {}): Promise<Stage> {
  const server = await startServer({ grace: 1, ...options }, environment);
  const path = 'live/film';
  const { hub } = server.server;
  const listeners = new Set<(stream: Stream) => void>();
  const stop = hub.events.on('stream', (stream) => {
    if (stream.path !== path) return;
    for (const listener of listeners) listener(stream);
  });
  onTestFinished(stop);
  const live = (tracks: number): Promise<void> =>
    new Promise((resolve) =>
      listeners.add(({ state, tracks: known }) => {
        if (state === 'live' && known.filter(({ kind }) => kind !== 'data').length === tracks) resolve();
      }),
    );
  return {
    ...server,
    path,
    rtmpUrl: `${server.rtmp}/${path}`,
    httpUrl: `${server.http}/${path}.flv`,
    wsUrl: `${server.ws}/${path}.flv`,
    folder: temporaryFolder(),
    live,
    viewers: (count) => until(`${count} play`, () => hub.viewers(path) === count, 30_000),
  };
}
