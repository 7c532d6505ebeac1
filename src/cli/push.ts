import { WrongUsage } from '../config/load.ts';
import { rtmpTarget } from '../protocols/rtmp/address.ts';
import { push as start } from '../push/push.ts';
import type { CommandContext } from './command-context.ts';
import { ProgressLine, summary } from './progress-line.ts';
import { transcodeFlags } from './transcode.ts';

/** `roomcast push FILE URL [--loop] [--transcode …]` */
export async function push({ effective, stderr, signals }: CommandContext): Promise<number> {
  const [file, url] = effective.positionals as [string, string];
  const { flags } = effective;
  const target = rtmpTarget(url);
  // The URL may hold a key, so that it is not repeated.
  if (!target) throw new WrongUsage('The address must be of the form rtmp://host[:port]/app/name, or rtmps://….');
  const transcode = transcodeFlags(flags);
  const pushing = start(file, url, { loop: flags.has('loop'), ...(transcode ? { transcode } : {}) });
  const line = new ProgressLine(stderr);
  signals(() => void pushing.stop());
  let isRead = true;
  // Whoever read how it goes has gone, as “| head” does, or with a terminal: the same as a signal to stop.
  process.stderr.once('error', () => {
    isRead = false;
    void pushing.stop();
  });
  pushing.on('progress', (progress) => line.show(progress));
  pushing.on('warning', (message) => line.say(message));
  pushing.on('link', (link) => {
    if (link.state === 'live') line.say(`Publishing to ${target.host}:${target.port}.`);
    else if (link.state === 'waiting') {
      line.say(`${sentence(link.error.message)} Trying again in ${link.retryIn.toFixed(1)} s.`);
    }
  });
  try {
    const { reason, progress } = await pushing.done;
    line.say(`${reason === 'done' ? 'Done' : 'Stopped'}: ${summary(progress)}`);
    return isRead ? 0 : 1;
  } finally {
    line.clear();
  }
}

/** What a server said may end without a full stop. */
function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
