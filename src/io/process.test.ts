import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { startProgram } from './process.ts';
import { systemScheduler } from './scheduler.ts';

const scheduler = systemScheduler();

async function textOf(output: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of output) text += decoder.decode(bytes, { stream: true });
  return text;
}

/** Until its parent has heard of its end, a process that is over still has its number (proc(5)). */
function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}

describe('a program beside us', () => {
  test('gets its arguments as they are: no shell reads them', async () => {
    const wild = ['$(id)', '`id`', ';id', '*', '-x', 'a \'b\' "c"', '\n'];
    const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    const program = startProgram(process.execPath, ['-e', script, '--', ...wild], scheduler);
    expect(JSON.parse(await textOf(program.output))).toEqual(wild);
    expect(await program.ended).toEqual({ status: 0, missing: false, words: '' });
  });

  test('that fails is told by its status and its last words', async () => {
    const program = startProgram(process.execPath, ['-e', 'console.error("no"); process.exit(3)'], scheduler);
    expect(await textOf(program.output)).toBe('');
    expect(await program.ended).toEqual({ status: 3, missing: false, words: 'no' });
  });

  test('that is not there is no exception', async () => {
    const program = startProgram('no-such-program-as-this', [], scheduler);
    expect(await textOf(program.output)).toBe('');
    expect(await program.ended).toMatchObject({ status: undefined, missing: true });
  });

  // `setsid --fork` is a program of Linux.
  test.runIf(process.platform === 'linux')(
    'is stopped, though what it started goes on and holds its output',
    async () => {
      const orphan = 'console.log(process.pid); setTimeout(() => {}, 60_000)';
      const program = startProgram('setsid', ['--fork', process.execPath, '-e', orphan], scheduler);
      let pid = 0;
      for await (const bytes of program.output) {
        pid = Number(new TextDecoder().decode(bytes));
        break;
      }
      const late = new Promise((resolve) => setTimeout(() => resolve('late'), 10_000).unref());
      const end = await Promise.race([program.stop(), late]);
      process.kill(pid);
      expect(end).toMatchObject({ status: 0, missing: false });
    },
  );

  // Whether a process is over is read from /proc.
  test.runIf(process.platform === 'linux')('does not outlive us, whatever signals it ignores', async () => {
    const stubborn = 'process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000)';
    const us = `
      import { startProgram } from ${JSON.stringify(new URL('process.ts', import.meta.url).href)};
      import { systemScheduler } from ${JSON.stringify(new URL('scheduler.ts', import.meta.url).href)};
      const program = startProgram(process.execPath, ['-e', ${JSON.stringify(stubborn)}], systemScheduler());
      for await (const bytes of program.output) {
        process.stdout.write(bytes, () => process.exit(1));
      }`;
    const outer = startProgram(process.execPath, ['--input-type=module', '-e', us], scheduler);
    const pid = Number(await textOf(outer.output));
    expect(pid).toBeGreaterThan(0);
    await outer.ended;
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  test('is ended while it writes without an end', async () => {
    const script = 'process.stdout.on("error", () => process.exit(1)); for (;;) process.stdout.write("x".repeat(9999))';
    const program = startProgram(process.execPath, ['-e', script], scheduler);
    for await (const bytes of program.output) if (bytes.length > 0) break;
    expect((await program.stop()).status).not.toBe(0);
  });
});
