import type { App, Plugin, Running } from '../../plugin.ts';
import { Journal } from './journal.ts';

/** Writes what happens to streams and sessions to the log. */
export const journal: Plugin = {
  name: 'journal',
  async start({ hub, log, scheduler }: App): Promise<Running> {
    const book = new Journal({ hub, log, scheduler });
    return {
      async close() {
        book.close();
      },
    };
  },
};
