import { onTestFinished } from 'vitest';
import type { ClipName } from './clips.ts';
import { clip } from './clips.ts';
import { Program, program } from './programs.ts';

interface PublishOptions {
  loop?: boolean;
  limitMs?: number;
}

/** ffmpeg that publishes a film at its own pace, once or until it is stopped; ended after the test. */
export async function publish(name: ClipName, url: string, options: PublishOptions = {}): Promise<Program> {
  const sender = await send(name, url, options);
  onTestFinished(async () => void (await sender.stop('SIGKILL')));
  return sender;
}

/** The same for all tests of a file, which ends it. */
export async function send(name: ClipName, url: string, options: PublishOptions = {}): Promise<Program> {
  const loop = options.loop ? ['-stream_loop', '-1'] : [];
  const args = ['-v', 'error', '-re', ...loop, '-i', await clip(name), '-c', 'copy', '-f', 'flv', url];
  return new Program(program('ffmpeg'), args, { limitMs: options.limitMs ?? 120_000 });
}
