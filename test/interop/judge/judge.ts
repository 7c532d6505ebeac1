import { fork } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { GO_ON, READY, type Task, type Verdict } from './verdict.ts';

/** No film of a test is longer. */
const LIMIT_MS = 80_000;
const MAX_OUTPUT = 4096;

/**
 * Has a process of its own do the task with FFmpeg 8, as soon as it is there and `when` resolves; one that pauses goes on
 * when `goOn` resolves. Rejects when it does not answer: it crashed, or was still busy when its time was over.
 */
export function ask(task: Task, when: Promise<unknown> = Promise.resolve(), goOn?: Promise<unknown>): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const judge = fork(join(import.meta.dirname, 'process.ts'), {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    let said = '';
    for (const stream of [judge.stdout!, judge.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-MAX_OUTPUT)));
    }
    const timer = setTimeout(() => judge.kill('SIGKILL'), LIMIT_MS);
    onTestFinished(() => void judge.kill('SIGKILL'));
    const tell = (words: Task | typeof GO_ON): void => void (judge.connected && judge.send(words));
    const instruct = async (): Promise<void> => {
      try {
        await when;
        tell(task);
        await goOn;
        if (goOn) tell(GO_ON);
      } catch (error) {
        reject(error);
      }
    };
    let verdict: Verdict | undefined;
    judge.on('message', (message: Verdict | typeof READY) => {
      if (message !== READY) verdict = message;
      else void instruct();
    });
    judge.on('error', reject);
    judge.on('exit', (status, signal) => {
      clearTimeout(timer);
      const conclude = (): void => {
        if (verdict) resolve(verdict);
        else reject(new Error(`The judge ended with ${signal ?? status} and no verdict.\n${said}`));
      };
      // Its last words may still be on their way.
      if (judge.connected) judge.once('disconnect', conclude);
      else conclude();
    });
  });
}
