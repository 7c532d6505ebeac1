import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'captures');

/** What a real program sent, from its first byte on; publishers are cut off in the middle of the media. */
export interface Capture {
  /** `ffmpeg-publish` */
  name: string;
  action: 'publish' | 'play';
  bytes: Uint8Array;
}

export const captures: Capture[] = readdirSync(folder)
  .toSorted()
  .map((file) => {
    const name = file.replace('.bin', '');
    const action = /-(?:publish|push)$/.test(name) ? 'publish' : 'play';
    return { name, action, bytes: new Uint8Array(readFileSync(join(folder, file))) };
  });
