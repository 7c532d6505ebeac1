import { RoomcastError } from '../errors.ts';

/** Longest segment of a path; keeps names usable as labels and in URLs. */
export const MAX_SEGMENT = 64;
/** A path has at most four segments, so that no name grows into a tree. */
export const MAX_SEGMENTS = 4;

const PATH = /^[A-Za-z0-9_-]{1,64}(?:\/[A-Za-z0-9_-]{1,64}){0,3}$/;
const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** First segments that name parts of the site, so that no room or path can hide them. */
export const reservedSlugs: ReadonlySet<string> = new Set(
  (
    'account admin api assets clips docs embed files healthz hls live login logout metrics push readyz recordings ' +
    'rooms rtsp settings static stream studio upload whep whip ws'
  ).split(' '),
);

export function isSlug(text: string): boolean {
  return SLUG.test(text) && !reservedSlugs.has(text);
}

/** True for `segment(/segment){0,3}` whose first segment is `live` (then two segments exactly) or not reserved. */
export function isPath(text: string): boolean {
  if (text.length > MAX_SEGMENT * MAX_SEGMENTS + 3 || !PATH.test(text)) return false;
  const segments = text.split('/');
  if (segments[0] === 'live') return segments.length === 2;
  return !reservedSlugs.has(segments[0]!);
}

/** Throws `bad-path`; the message never repeats the path, which could hold a secret or control bytes. */
export function checkPath(path: string): void {
  if (!isPath(path)) {
    throw new RoomcastError(
      'bad-path',
      'The path is not of the form segment(/segment){0,3} with segments of A-Z a-z 0-9 _ - up to 64 characters, and under live/ exactly one.',
    );
  }
}

export function pathOfSlug(slug: string): string {
  return `live/${slug}`;
}

/** The slug of a room's path, or undefined for a path without a room. */
export function slugOfPath(path: string): string | undefined {
  const slug = path.startsWith('live/') ? path.slice(5) : undefined;
  return slug !== undefined && isSlug(slug) ? slug : undefined;
}
