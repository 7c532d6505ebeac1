import { readFile } from 'node:fs/promises';
import { clip, type ClipName } from '../clips.ts';

/** A tag of a film, as it is published. */
export interface FilmTag {
  /** 8 sound, 9 picture, 18 data. */
  type: number;
  /** ms */
  timestamp: number;
  body: Buffer;
}

/** All tags of a film. */
export async function filmTags(name: ClipName): Promise<FilmTag[]> {
  const file = await readFile(await clip(name));
  const tags: FilmTag[] = [];
  for (let at = 13; at + 11 <= file.length;) {
    const size = file.readUIntBE(at + 1, 3);
    const timestamp = file.readUIntBE(at + 4, 3) + file[at + 7]! * 2 ** 24;
    tags.push({ type: file[at]! & 31, timestamp, body: file.subarray(at + 11, at + 11 + size) });
    at += 11 + size + 4;
  }
  return tags;
}
