import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, listening, Program } from './program.ts';
import { folder } from './subject.ts';

/** ms from `npm start` to listening on every port. */
export interface StartResult {
  best: number;
  starts: number[];
}

const STARTS = 5;
const root = fileURLToPath(new URL('..', import.meta.url));

/** Starts the installed tree as a person does; the first start sets up what is missing and does not count. */
export async function startTime(): Promise<StartResult> {
  await start();
  const starts: number[] = [];
  while (starts.length < STARTS) starts.push(await start());
  return { best: Math.min(...starts), starts };
}

async function start(): Promise<number> {
  const data = folder('start');
  const [http, rtmp] = [await freePort(), await freePort()];
  const listen = ['--data', data, '--http', `127.0.0.1:${http}`, '--rtmp', `127.0.0.1:${rtmp}`];
  const began = performance.now();
  const program = new Program({ command: ['npm', 'start', '--', ...listen], cwd: root });
  try {
    for (const port of [http, rtmp]) await listening(program, port);
    return performance.now() - began;
  } finally {
    await program.stop();
    rmSync(data, { recursive: true, force: true });
  }
}
