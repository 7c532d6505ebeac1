import type { Frame, Track } from '../src/media/frame.ts';
import { SECOND } from '../src/media/time.ts';
import type { Cursor } from '../src/live/cursor.ts';
import { Feed, type FeedOptions } from '../src/live/feed.ts';
import { JoinPoints } from '../src/live/gop.ts';
import { MergeWindow } from '../src/live/merge.ts';
import { VirtualScheduler } from './virtual-scheduler.ts';
import { WordMuxer, wordsOf } from './word-muxer.ts';

/** A feed that is written to as a stream would, one frame at a time, with the clock going along. */
export class FeedStage {
  readonly scheduler: VirtualScheduler = new VirtualScheduler(0);
  readonly muxer: WordMuxer;
  readonly feed: Feed;
  readonly leftOut: Track[] = [];
  empty = 0;
  #joins = new JoinPoints();
  #tracks: readonly Track[] = [];

  constructor(options: Partial<FeedOptions> & { merge?: MergeWindow } = {}) {
    this.muxer = (options.muxer as WordMuxer | undefined) ?? new WordMuxer({ full: true });
    this.feed = new Feed({
      muxer: this.muxer,
      scheduler: this.scheduler,
      merge: new MergeWindow(0),
      gop: { duration: 10 * SECOND, bytes: 1e6 },
      viewerQueue: 2000,
      leftOut: (track) => this.leftOut.push(track),
      empty: () => this.empty++,
      ...options,
    });
  }

  update(...tracks: Track[]): void {
    this.#tracks = tracks;
    this.feed.update(tracks);
  }

  async write(frames: readonly Frame[]): Promise<void> {
    for (const each of frames) {
      if (each.dts > this.scheduler.now()) this.scheduler.advanceTo(each.dts);
      this.feed.write(each, this.#joins.at(each, this.#tracks));
      await Promise.resolve();
    }
  }
}

/** Takes all there is at once. */
export function drain(cursor: Cursor): string[] {
  return wordsOf(cursor.take(Infinity));
}
