import { ProtocolError } from '../../errors.ts';

/** Longest text of a CA that is repeated, in characters: theirs are a sentence or two. */
const MAX_TEXT = 300;
/** Problems within a problem that are repeated; an order of many domains may have one for each. */
const MAX_PARTS = 3;
/** A CA may ask for patience up to this, in seconds; beyond it, being asked once a day does it no harm. */
const MAX_PATIENCE = 24 * 3600;
/** Where the types of problems are registered (RFC 8555 §6.7). */
const NAMESPACE = 'urn:ietf:params:acme:error:';

/** The CA refuses, in its own words, or cannot be used. */
export class CaError extends ProtocolError {
  /** What kind of problem it is, such as `rateLimited` (RFC 8555 §6.7); empty where the CA named none. */
  readonly type: string;
  /** Seconds that the CA wants to be left alone. */
  readonly retryAfter: number | undefined;

  constructor(message: string, details: { type?: string; retryAfter?: number | undefined } = {}) {
    super(message);
    this.name = 'CaError';
    this.type = details.type ?? '';
    this.retryAfter = details.retryAfter;
  }
}

/** Kinds of problems that mean: the CA did not find this server behind the domain. */
const NOT_FOUND: ReadonlySet<string> = new Set(['connection', 'dns', 'incorrectResponse', 'tls', 'unauthorized']);

/** What an operator may do about a kind of problem, as a further sentence; empty where the CA's words say it all. */
export function adviceOn(type: string): string {
  return NOT_FOUND.has(type)
    ? '. The records A and AAAA of the domain have to name this server, and its port 80 or 443 has to be reached from the internet.'
    : '';
}

/** A problem document (RFC 7807) as an error; anything else as one that tells the status. */
export function problemError(
  problem: unknown,
  { status, retryAfter }: { status?: number; retryAfter?: number | undefined } = {},
): CaError {
  const type = typeOf(problem);
  const said = [detailOf(problem), ...partsOf(problem)].filter((text) => text !== '').join(' ');
  const without = status === undefined ? 'no reason given' : `status ${status} without a reason`;
  const kind = type === '' ? '' : ` (${type})`;
  return new CaError(`${said === '' ? without : said}${kind}`, { type, retryAfter });
}

/** What a CA wrote, fit for a log: one line, nothing that moves a cursor or turns text around, not too long. */
export function plainText(text: string): string {
  const plain = text
    .slice(0, 4 * MAX_TEXT)
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  const characters = [...plain];
  return characters.length > MAX_TEXT ? `${characters.slice(0, MAX_TEXT).join('')}…` : plain;
}

/** `Retry-After` (RFC 9110 §10.2.3) in seconds; undefined where there is none or it cannot be read. `wall`: ms since 1970. */
export function retryAfterOf(header: string | undefined, wall: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d{1,10}$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - wall) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(MAX_PATIENCE, Math.max(0, seconds));
}

function typeOf(problem: unknown): string {
  const type = field(problem, 'type');
  const name = type.startsWith(NAMESPACE) ? type.slice(NAMESPACE.length) : '';
  return /^[A-Za-z]{1,40}$/.test(name) ? name : '';
}

function detailOf(problem: unknown): string {
  return plainText(field(problem, 'detail'));
}

/** RFC 8555 §6.7.1: one for each domain that has one of its own. */
function partsOf(problem: unknown): string[] {
  const parts = isObject(problem) ? problem['subproblems'] : undefined;
  if (!Array.isArray(parts)) return [];
  return parts.slice(0, MAX_PARTS).flatMap((part: unknown) => {
    const domain = plainText(field(isObject(part) ? part['identifier'] : undefined, 'value'));
    const detail = detailOf(part);
    return detail === '' ? [] : [domain === '' ? detail : `${domain}: ${detail}`];
  });
}

function field(value: unknown, name: string): string {
  const text = isObject(value) ? value[name] : undefined;
  return typeof text === 'string' ? text : '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
