import { describe, expect, test } from 'vitest';
import type { PushProgress } from '../push/progress.ts';
import { ProgressLine } from './progress-line.ts';

const progress: PushProgress = {
  time: 83.9,
  duration: 1800,
  speed: 1.004,
  bitRate: 2_512_345,
  live: true,
  frames: 5000,
  lost: 0,
  reconnects: 0,
};

function written(isTTY: boolean, run: (line: ProgressLine) => void, columns = 80): string {
  let text = '';
  run(new ProgressLine({ isTTY, columns, write: (part) => (text += part) }));
  return text;
}

describe('the line of a push', () => {
  test('is written over and over on a terminal, and words come on lines of their own', () => {
    const text = written(true, (line) => {
      line.show(progress);
      line.show({ ...progress, time: 85 });
      line.say('Done.');
    });
    expect(text).toBe(
      '\r\u001b[K0:01:23 of 0:30:00 · 1.00× · 2.51 Mbit/s\r\u001b[K0:01:25 of 0:30:00 · 1.00× · 2.51 Mbit/s\r\u001b[KDone.\n',
    );
  });

  test('is no wider than the terminal', () => {
    expect(written(true, (line) => line.show(progress), 20)).toBe('\r\u001b[K0:01:23 of 0:30:00 ·');
  });

  test('counts one of a kind as one', () => {
    const text = written(true, (line) => line.show({ ...progress, lost: 1, reconnects: 1 }));
    expect(text).toMatch(/ · 1 frame lost · 1 reconnect$/);
  });

  test('comes every ten seconds elsewhere', () => {
    const text = written(false, (line) => {
      for (let second = 1; second <= 25; second++) line.show({ ...progress, time: second });
    });
    expect(text.split('\n').map((line) => line.slice(0, 7))).toEqual(['0:00:10', '0:00:20', '']);
  });

  test('tells of troubles', () => {
    const { duration: _, ...endless } = progress;
    const text = written(true, (line) => line.show({ ...endless, live: false, lost: 12, reconnects: 2 }));
    expect(text).toContain('0:01:23 · 1.00× · no connection · 12 frames lost · 2 reconnects');
  });
});
