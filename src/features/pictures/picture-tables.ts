import type { Scheduler } from '../../live/scheduler.ts';
import type { PictureType } from '../../media/images/picture.ts';
import type { Store } from '../../store/store.ts';
import type { PictureCache } from './picture-cache.ts';

/** What those who keep pictures share. */
export interface PictureSources {
  readonly store: Pick<Store, 'db'>;
  readonly scheduler: Pick<Scheduler, 'wall'>;
  readonly cache: PictureCache;
}

/** The tables of `0009-pictures.ts` as Kysely sees them. Times are ISO 8601 in UTC. */
export type PictureTables = {
  emotes: EmoteRow;
  covers: CoverRow;
};

export type EmoteRow = CoverRow & {
  name: string;
  width: number;
  height: number;
};

export type CoverRow = {
  room: string;
  hash: string;
  type: PictureType;
  by: string;
  created: string;
  bytes: Uint8Array;
};
