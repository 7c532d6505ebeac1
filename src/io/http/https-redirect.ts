import type { HttpRequest } from '../exchange.ts';

/** The port that an address of https need not name. */
const HTTPS_PORT = 443;
/** What programs ask for, even where they say that they take pages: an authority's questions, the API, measurements. */
const FOR_PROGRAMS = /^\/(?:api|\.well-known|healthz|readyz|metrics)(?:\/|$)/;

/** An address as browsers send it; nothing else has a place in a header. */
const TARGET = /^\/[\x21-\x7e]*$/;

/** How this server is reached over https. */
export interface SecurePlace {
  /** Where it listens. */
  readonly port: number;
  /** The address for people, where it is one of https. */
  readonly publicUrl?: string | undefined;
}

/** Whether a browser opens a page: over http it says so by nothing but what it would like to get. */
export function opensPage({ method, headers }: HttpRequest, pathname: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const mode = headers['sec-fetch-mode'];
  const isDocument = mode === undefined ? /\btext\/html\b/i.test(headers.accept ?? '') : mode === 'navigate';
  return isDocument && !FOR_PROGRAMS.test(pathname);
}

/**
 * The same address over https. `host`: as the browser knows us, with its port. Undefined where it is none, so that nobody
 * is sent anywhere.
 */
export function secureLocation(host: string | undefined, target: string, place: SecurePlace): string | undefined {
  const name = host === undefined ? undefined : URL.parse(`http://${host}`)?.hostname;
  if (!name || !TARGET.test(target)) return undefined;
  const known = place.publicUrl === undefined ? null : URL.parse(place.publicUrl);
  if (known?.protocol === 'https:' && known.hostname === name) return known.origin + target;
  return `https://${name}${place.port === HTTPS_PORT ? '' : `:${place.port}`}${target}`;
}
