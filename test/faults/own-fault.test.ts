import { describe, expect, test } from 'vitest';
import { frameOf, sample } from '../../src/containers/contract-samples.ts';
import { publisher } from '../conformance/rtmp/client.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { Stopwatch } from './stopwatch.ts';
import { WatchedServer } from './watched-server.ts';

/** The default of `drain`, and what ending the process may add. ms */
const GONE = 6000;

describe('S-40 a fault of the server itself', () => {
  test.each([
    ['an exception that nobody catches', 'SIGWINCH', 'thrown by a test'],
    ['a rejection that nobody handles', 'SIGCONT', 'rejected by a test'],
  ] as const)(
    'S-40 %s is logged, viewers are ended cleanly, and the process ends with 1',
    async (_name, signal, text) => {
      const server = await WatchedServer.start();
      const sender = await publisher(`${server.rtmp}/live/a`);
      sender.announce(sample.video);
      sender.announce(sample.audio);
      const viewer = new Watcher(`${server.ws}/live/a.flv`);
      let ms = 0;
      await until('the viewer plays', () => {
        sender.write(frameOf(sample.video, { ms: (ms += 40), key: true }));
        sender.write(frameOf(sample.audio, { ms }));
        return viewer.pictures.length > 0;
      });
      expect((await server.health()).unhandled).toBe(0);
      const stopwatch = new Stopwatch(server.process.pid);
      process.kill(server.process.pid, signal);
      await until('the viewer is told', () => viewer.ended);
      expect(viewer.ended).toBe('1012');
      const { status, stderr } = await server.process.program.done;
      expect(status).toBe(1);
      expect(stopwatch.ms).toBeLessThan(GONE);
      expect(stderr).toMatch(/"level":"error".*a fault of the server itself/);
      expect(stderr).toContain(text);
    },
  );
});
