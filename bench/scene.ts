import { loadProgram, type Program, sleep } from './program.ts';
import type { StartSubject, Subject } from './subject.ts';

/** A GOP and a bit: from here on every join is an instant start. */
const PUBLISH_MS = 2300;

export const PATH = 'live/bench';

/** A server that runs, and what runs beside it. */
export interface Stage {
  subject: Subject;
  /** Has a program ended with the scene. */
  run(program: Program): Program;
}

/** Starts a server for what `play` does with it; ends all that was started. */
export async function scene<R>(
  options: { start: StartSubject; clip: string; profile: string | undefined },
  play: (stage: Stage) => Promise<R>,
): Promise<R> {
  const programs: Program[] = [];
  const run = (program: Program): Program => (programs.push(program), program);
  const subject = await options.start(options);
  try {
    return await play({ subject, run });
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
    await subject.stop();
  }
}

/** Has the clip played for a GOP, on one stream or several. Returns what plays it: publishers, or the server itself. */
export async function publish({ subject, run }: Stage, clip: string, streams = 1): Promise<Program> {
  let source = subject.program;
  if (subject.publishPort !== undefined) {
    const options = { port: subject.publishPort, clip, path: PATH, streams };
    source = run(loadProgram('./load/publisher.ts', options, { ahead: true }));
    await source.answer();
  }
  await sleep(PUBLISH_MS);
  return source;
}
