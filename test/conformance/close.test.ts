import { describe, expect, test } from 'vitest';
import { RoomcastError } from '../../src/errors.ts';
import type { Plugin } from '../../src/plugin.ts';
import { plugins } from '../../src/plugins.ts';
import { createServer, type Server } from '../../src/server.ts';
import { temporaryFolder } from '../output.ts';
import { VirtualScheduler } from '../virtual-scheduler.ts';

const stubborn: Plugin = {
  name: 'stubborn',
  start: async () => ({ close: () => Promise.reject(new Error('I stay.')) }),
};
const unwilling: Plugin = {
  name: 'unwilling',
  start: () => Promise.reject(new RoomcastError('bad-config', 'I do not start.')),
};

describe('a part that does not close', () => {
  const start = (data: string, more: readonly Plugin[], scheduler = new VirtualScheduler()): Promise<Server> =>
    createServer(
      { data, http: '127.0.0.1:0', rtmp: '127.0.0.1:0', drain: 0 },
      { scheduler, plugins: [...plugins, ...more] },
    );

  test('is told, but nothing else stays for it: no timer, and not the data folder', async () => {
    const [data, scheduler] = [temporaryFolder(), new VirtualScheduler()];
    const server = await start(data, [stubborn], scheduler);
    await expect(server.close()).rejects.toThrow('I stay.');
    expect(scheduler.pending).toBe(0);
    await (await start(data, [])).close();
  });

  test('does not hide why another did not start', async () => {
    const data = temporaryFolder();
    await expect(start(data, [stubborn, unwilling])).rejects.toThrow('I do not start.');
    await (await start(data, [])).close();
  });
});
