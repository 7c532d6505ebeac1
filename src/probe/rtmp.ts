import { RtmpClient } from '../protocols/rtmp/client.ts';
import type { Watch } from './watch.ts';

/** Plays an RTMP stream into a watch, and leaves. */
export async function watchRtmp(url: string, watch: Watch): Promise<string> {
  const client = new RtmpClient({
    url,
    action: 'play',
    scheduler: watch.scheduler,
    media: (event) => watch.add(event),
  });
  void client.ended.then((end) => (end.reason === 'lost' ? watch.fail(end.error) : watch.end()));
  try {
    await watch.done;
    return 'rtmp';
  } finally {
    await client.leave();
  }
}
