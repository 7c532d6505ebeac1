import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { WrongUsage } from '../config/load.ts';
import type { Output } from './command-context.ts';

/** Reads the first line of standard input; at a terminal it is asked for, and not shown. Throws `WrongUsage` for nothing. */
export async function readSecret(prompt: string, stderr: Output): Promise<string> {
  const isAsked = process.stdin.isTTY;
  if (isAsked) stderr.write(`${prompt}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const input = createInterface({ input: process.stdin, output: nowhere, terminal: isAsked });
  // The reader of a terminal keeps Ctrl-C from the process.
  input.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    for await (const line of input)
      if (line !== '') return line;
      else break;
  } finally {
    input.close();
    if (isAsked) stderr.write('\n');
  }
  throw new WrongUsage(`${prompt}: standard input has none.`);
}
