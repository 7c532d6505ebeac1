import type { ChatRoomHeard } from './load/chat-room.ts';
import type { Delay } from './fanout.ts';
import { delayOf } from './fanout.ts';
import { loadProgram, sleep } from './program.ts';
import { PATH, publish, scene } from './scene.ts';
import type { StartSubject } from './subject.ts';
import { usageOf } from './usage.ts';

export interface ChatOptions {
  start: StartSubject;
  sockets: number;
  /** Messages a second. */
  messages: number;
  seconds: number;
  clip: string;
}

/** What a room costs in which many listen and some talk, beside a stream with a viewer. */
export interface ChatResult {
  sockets: number;
  messages: number;
  /** Bytes of each socket that listens. */
  perSocket: number;
  /** ms from writing a message to reading it, over all sockets. */
  delay: Delay;
  /** Messages in one piece. */
  together: number;
  refused: number;
  missed: number;
  lost: number;
  /** Part of a core. */
  cpu: number;
  /** ms of the picture's delay: without talk, and beside it. */
  picture: { before: Delay; beside: Delay };
}

const CONNECTS_PER_SECOND = 500;
const SETTLE_MS = 4000;
const QUIET_MS = 5000;
/** As many as say a message every two seconds, which nobody is refused for. */
const SECONDS_BETWEEN = 2;

/** Measures a crowd that talks. */
export function chat({ start, sockets, messages, seconds, clip }: ChatOptions): Promise<ChatResult> {
  return scene({ start, clip, profile: undefined }, async (stage) => {
    const { subject, run } = stage;
    const { pid } = subject.program;
    await publish(stage, clip);
    const port = subject.playPort('http-flv');
    const probe = run(
      loadProgram('./load/probe.ts', { protocol: 'http-flv', port, path: PATH, streams: 1 }, { ahead: true }),
    );
    await probe.answer();
    await probe.ask({ ask: 'join' });
    await sleep(SETTLE_MS);
    const before = usageOf(pid).memory;
    const talkers = messages * SECONDS_BETWEEN;
    const room = { port, room: 'lobby', sockets, talkers, rate: CONNECTS_PER_SECOND };
    const crowd = run(loadProgram('./load/chat-room.ts', room));
    await crowd.answer();
    await sleep(SETTLE_MS);
    const perSocket = (usageOf(pid).memory - before) / sockets;
    const quiet = process.hrtime.bigint() / 1000n;
    await sleep(QUIET_MS);
    const [still = []] = await probe.ask<number[][]>({ ask: 'report', from: Number(quiet) });
    const from = process.hrtime.bigint() / 1000n;
    const used = usageOf(pid).cpu;
    const heard = await crowd.ask<ChatRoomHeard>({ messages, seconds });
    const cpu = (usageOf(pid).cpu - used) / 1e6 / seconds;
    const [beside = []] = await probe.ask<number[][]>({ ask: 'report', from: Number(from) });
    const { delays, said, pieces, refused, missed, lost } = heard;
    return {
      ...{ sockets, messages, perSocket, cpu, refused, missed, lost },
      delay: delayOf(delays),
      together: said / Math.max(1, pieces),
      picture: { before: delayOf(still), beside: delayOf(beside) },
    };
  });
}
