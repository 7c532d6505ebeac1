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

  test('is ended while it writes without an end', async () => {
    const script = 'process.stdout.on("error", () => process.exit(1)); for (;;) process.stdout.write("x".repeat(9999))';
    const program = startProgram(process.execPath, ['-e', script], scheduler);
    for await (const bytes of program.output) if (bytes.length > 0) break;
    expect((await program.stop()).status).not.toBe(0);
  });
});
