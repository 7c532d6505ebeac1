import type { PictureType } from '../../media/images/picture.ts';

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
