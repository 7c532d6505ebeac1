import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WatchedServer } from './watched-server.ts';

/** Heap in MB. */
const HEAP = 256;

describe('R-17 a heap that is full', () => {
  test(
    'R-17 ends the process with a failure, so that what watches it starts it again',
    { timeout: 60_000 },
    async () => {
      const nodeArgs = ['--import', join(import.meta.dirname, 'stall.ts'), `--max-old-space-size=${HEAP}`];
      const through = ['sh', '-c', 'ulimit -c 0 && exec "$@"', 'sh'];
      const server = await WatchedServer.start([], { nodeArgs, through });
      process.kill(server.process.pid, 'SIGTTOU');
      const { status, signal, stderr } = await server.process.program.done;
      expect(stderr).toContain('heap out of memory');
      expect(status === 0, `it ended with ${status ?? signal}`).toBe(false);
    },
  );
});
