import { createHash } from 'node:crypto';

/** Content codings that are spoken (RFC 9110 §8.4.1, RFC 7932). */
export type Encoding = 'br' | 'gzip';

/** A built file: its bytes as they are, and as the build has compressed them. */
export class SiteFile {
  readonly type: string;
  readonly etag: string;
  readonly #bytes: Uint8Array;
  readonly #encoded: ReadonlyMap<Encoding, Uint8Array>;

  constructor(options: { bytes: Uint8Array; type: string; encoded?: ReadonlyMap<Encoding, Uint8Array> }) {
    this.type = options.type;
    this.#bytes = options.bytes;
    this.#encoded = options.encoded ?? new Map();
    this.etag = `"${createHash('sha256').update(options.bytes).digest('base64url').slice(0, 22)}"`;
  }

  /** The best form that the asker takes. */
  for(acceptEncoding: string | undefined): { bytes: Uint8Array; encoding?: Encoding } {
    const encoding = encodingOf(acceptEncoding ?? '');
    const bytes = encoding && this.#encoded.get(encoding);
    return bytes ? { bytes, encoding } : { bytes: this.#bytes };
  }
}

/** The encoding to use (RFC 9110 §12.5.3); browsers that take one do not weigh it. */
function encodingOf(accept: string): Encoding | undefined {
  const taken = new Set<string>();
  for (const part of accept.split(',')) {
    const [name = '', weight = ''] = part.split(';');
    if (!/^\s*q=0(?:\.0*)?\s*$/.test(weight)) taken.add(name.trim());
  }
  if (taken.has('br')) return 'br';
  return taken.has('gzip') ? 'gzip' : undefined;
}
