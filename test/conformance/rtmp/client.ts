import { onTestFinished } from 'vitest';
import type { MediaEvent } from '../../../src/containers/demuxer.ts';
import { systemScheduler } from '../../../src/io/scheduler.ts';
import type { Frame, Track } from '../../../src/media/frame.ts';
import { connectRtmp, type RtmpClient, type RtmpEnd } from '../../../src/protocols/rtmp/client.ts';

const scheduler = systemScheduler();

/** Our own client that publishes; gone after the test. */
export async function publisher(url: string): Promise<RtmpClient> {
  const client = await connectRtmp({ url, action: 'publish', scheduler });
  onTestFinished(() => client.destroy());
  return client;
}

/** Our own client that plays and remembers. */
export interface Player {
  client: RtmpClient;
  events: MediaEvent[];
  frames: Frame[];
  tracks: Track[];
  /** Codes that the server said. */
  codes: string[];
  ended: RtmpEnd | undefined;
}

export async function player(url: string): Promise<Player> {
  const heard: Omit<Player, 'client'> = { events: [], frames: [], tracks: [], codes: [], ended: undefined };
  const client = await connectRtmp({
    url,
    action: 'play',
    scheduler,
    media: (event) => {
      heard.events.push(event);
      if (event.type === 'frame') heard.frames.push(event.frame);
      else heard.tracks.push(event.track);
    },
    status: ({ code }) => heard.codes.push(code),
  });
  onTestFinished(() => client.destroy());
  const known: Player = Object.assign(heard, { client });
  void client.ended.then((end) => (known.ended = end));
  return known;
}
