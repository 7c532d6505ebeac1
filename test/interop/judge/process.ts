// The judge's own process: FFmpeg 8 by node-av, which nobody but tests may load. It takes one task and ends; a crash of
// native code is the end of this process and of nothing else.
import { setTimeout as sleep } from 'node:timers/promises';
import { FFmpegError, Log } from 'node-av/lib';
import { AV_LOG_INFO, AV_LOG_WARNING } from 'node-av/constants';
import { publish } from './publish.ts';
import { read } from './read.ts';
import { READY, type Task, type Verdict } from './verdict.ts';

/** FFmpeg hands its words over from threads of its own; after the end the last of them are still on their way. */
const LAST_WORDS_MS = 50;

/** What its decoders say of the silence that Opus begins with, of files and streams alike. */
const HARMLESS = /^Could not update timestamps for (?:skipped|discarded) samples\.$/;

process.once('message', (task: Task) => {
  const goOn = new Promise<void>((resolve) => process.once('message', () => resolve()));
  void run(task, goOn);
});
// The tests went away.
process.once('disconnect', () => process.exit(1));
process.send!(READY);

async function run(task: Task, goOn: Promise<void>): Promise<void> {
  const complaints: string[] = [];
  Log.setLevel(AV_LOG_INFO);
  const hear = (level: number, message: string): void => {
    const said = message.trim();
    if (level <= AV_LOG_WARNING && !HARMLESS.test(said)) complaints.push(said);
  };
  Log.setCallback(hear, { maxLevel: AV_LOG_WARNING });
  let verdict: Omit<Verdict, 'complaints'> = { by: '', tracks: [], packets: [] };
  try {
    verdict = task.task === 'read' ? await read(task) : await publish(task, goOn);
  } catch (error) {
    if (!(error instanceof FFmpegError)) throw error;
    complaints.push(error.message);
  }
  await sleep(LAST_WORDS_MS);
  process.send!({ ...verdict, complaints: complaints.join('\n') } satisfies Verdict, () => process.exit(0));
}
