import type { App, Plugin, Running } from '../../plugin.ts';

/** Writes what happens to streams and sessions to the log. */
export const journal: Plugin = {
  name: 'journal',
  async start({ hub, log }: App): Promise<Running> {
    const stop = [
      hub.events.on('stream', ({ path, state, reason, tracks }) => {
        const codecs = tracks.filter((track) => track.kind !== 'data').map((track) => track.codec);
        log.info({ path, state, ...(reason ? { reason } : {}), ...(codecs.length > 0 ? { codecs } : {}) }, 'stream');
      }),
      hub.events.on('refused', ({ action, protocol, remote, error }) => {
        log.warn({ protocol, action, remote: remote.address, code: error.code }, error.message);
      }),
      hub.events.on('left-out', ({ path, feed, track }) => {
        log.warn({ path, feed, codec: track.codec }, 'a track does not fit this format and is left out');
      }),
    ];
    return {
      async close() {
        for (const off of stop) off();
      },
    };
  },
};
