import { readdirSync } from 'node:fs';
import * as prom from 'prom-client';
import { expect, test, vi } from 'vitest';
import { processMetrics } from './process-metrics.ts';

const fs = process.getBuiltinModule('node:fs');

test('servers that come and go watch the process once', () => {
  expect(processMetrics(prom)).toBe(processMetrics(prom));
});

// Nowhere else are they listed in a file.
test.runIf(process.platform === 'linux')('open files are counted, and nothing waits for it', async () => {
  const read = vi.spyOn(fs, 'readdirSync');
  const text = await processMetrics(prom).metrics();
  expect(read).not.toHaveBeenCalled();
  read.mockRestore();
  const count = Number(/^process_open_fds (\d+)$/m.exec(text)![1]);
  expect(Math.abs(count - (readdirSync('/proc/self/fd').length - 1))).toBeLessThan(5);
  expect(text.match(/^# TYPE process_open_fds /gm)).toHaveLength(1);
});
