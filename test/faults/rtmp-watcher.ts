import { onTestFinished } from 'vitest';
import { systemScheduler } from '../../src/io/scheduler.ts';
import { RtmpClient } from '../../src/protocols/rtmp/client.ts';

/** A viewer over RTMP that remembers what came when, as `Watcher` does for FLV. */
export class RtmpWatcher {
  readonly client: RtmpClient;
  /** Times in ms, and when each came by the monotonic clock. */
  readonly frames: { kind: 'audio' | 'video' | 'data'; timestamp: number; key: boolean; at: number }[] = [];
  readonly codes: string[] = [];
  ended: string | undefined;

  constructor(url: string) {
    this.client = new RtmpClient({
      url,
      action: 'play',
      scheduler: systemScheduler(),
      media: (event) => {
        if (event.type !== 'frame') return;
        const { track, dts, key } = event.frame;
        this.frames.push({ kind: track.kind, timestamp: dts / 1000, key, at: performance.now() });
      },
      status: ({ code }) => this.codes.push(code),
    });
    void this.client.ended.then(({ reason }) => (this.ended = reason));
    onTestFinished(() => this.stop());
  }

  stop(): void {
    this.client.destroy();
  }

  get pictures(): { timestamp: number; key: boolean; at: number }[] {
    return this.frames.filter(({ kind }) => kind === 'video');
  }

  get sounds(): { timestamp: number; at: number }[] {
    return this.frames.filter(({ kind }) => kind === 'audio');
  }

  /** When each frame came, ms of the monotonic clock. */
  get arrivals(): number[] {
    return this.frames.map(({ at }) => at);
  }

  get silence(): number {
    return performance.now() - (this.frames.at(-1)?.at ?? 0);
  }
}
