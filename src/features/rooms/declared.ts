import { RoomcastError } from '../../errors.ts';

/** Where something stands in the configuration file. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** What the file declares can be changed only there. */
export function declaredInFile(
  what: 'key' | 'title' | 'address',
  slug: string,
  place: Place | undefined,
): RoomcastError {
  const where = place ? `${place.file}, line ${place.line}` : 'the options of this server';
  return new RoomcastError(
    'declared-in-file',
    `The ${what} of room “${slug}” is declared in ${where}. Change it there and restart.`,
  );
}

/** A key that the file declares cannot be used. */
export function badKey(slug: string, place: Place | undefined, why: string): RoomcastError {
  const where = place ? `${place.file}:${place.line}: ` : '';
  return new RoomcastError('bad-config', `${where}The key of room “${slug}” cannot be used: ${why}.`);
}
