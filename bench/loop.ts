import { type Delay, delayOf } from './fanout.ts';
import type { ChatRoomHeard } from './load/chat-room.ts';
import type { LoopMark } from './load/loop-watch.ts';
import type { ViewersMark } from './load/viewers.ts';
import { loadProgram, sleep } from './program.ts';
import { PATH, publish, scene } from './scene.ts';
import type { StartSubject } from './subject.ts';
import { usageOf } from './usage.ts';

export interface LoopOptions {
  /** A server that says how late its loop is. */
  start: StartSubject;
  viewers: number;
  sockets: number;
  /** A second. */
  messages: number;
  /** Comments that fly, all within one second of each ten. */
  burst: number;
  seconds: number;
  clip: string;
}

/** How late a server does things that has a stream with many viewers and a room with a crowd that talks, at once. */
export interface LoopResult extends LoopMark {
  viewers: number;
  sockets: number;
  messages: number;
  burst: number;
  /** Part of a core. */
  cpu: number;
  /** ms of the picture, from the publisher’s write to a viewer that has it whole. */
  picture: Delay;
  /** ms of a message, over all sockets that look. */
  message: Delay;
  /** The longest time in ms for which any viewer got nothing. */
  silence: number;
  /** Viewers and sockets that were closed, and messages that were refused. */
  lost: number;
  refused: number;
}

const CONNECTS_PER_SECOND = 500;
const SETTLE_MS = 4000;
/** As many as say a message every two seconds, which nobody is refused for. */
const SECONDS_BETWEEN = 2;

/** Measures the loop of a server that has everything to do at once. */
export function loop(options: LoopOptions): Promise<LoopResult> {
  const { start, viewers, sockets, messages, burst, seconds, clip } = options;
  return scene({ start, clip, profile: undefined }, async (stage) => {
    const { subject, run } = stage;
    await publish(stage, clip);
    const port = subject.playPort('http-flv');
    const target = { protocol: 'http-flv', port, path: PATH, streams: 1 } as const;
    const probe = run(loadProgram('./load/probe.ts', target, { ahead: true }));
    await probe.answer();
    await probe.ask({ ask: 'join' });
    const watching = run(loadProgram('./load/viewers.ts', { ...target, count: viewers, rate: CONNECTS_PER_SECOND }));
    await watching.answer();
    const talkers = messages * SECONDS_BETWEEN;
    const room = { port, room: 'lobby', sockets, talkers, rate: CONNECTS_PER_SECOND };
    const crowd = run(loadProgram('./load/chat-room.ts', room));
    await crowd.answer();
    await sleep(SETTLE_MS);
    await watching.ask({ ask: 'mark' });
    await subject.program.ask<LoopMark>({ ask: 'mark' });
    const from = process.hrtime.bigint() / 1000n;
    const used = usageOf(subject.program.pid).cpu;
    const heard = await crowd.ask<ChatRoomHeard>({ messages, seconds, burst });
    const cpu = (usageOf(subject.program.pid).cpu - used) / 1e6 / seconds;
    const mark = await subject.program.ask<LoopMark>({ ask: 'mark' });
    const seen = await watching.ask<ViewersMark>({ ask: 'mark' });
    const [pictures = []] = await probe.ask<number[][]>({ ask: 'report', from: Number(from) });
    return {
      ...{ viewers, sockets, messages, burst, cpu, ...mark },
      picture: delayOf(pictures),
      message: delayOf(heard.delays),
      silence: seen.silence,
      lost: seen.lost + heard.lost,
      refused: heard.refused,
    };
  });
}
