import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Good enough for files of tens of kilobytes, and done off the main thread once for each. */
const BROTLI_QUALITY = 9;
/** Below this, compressing costs more than it saves. */
const MIN_COMPRESSED = 512;

/** Content codings that are spoken (RFC 9110 §8.4.1, RFC 7932). */
export type Encoding = 'br' | 'gzip';

/** A built file: its bytes as they are, and compressed once for all who ask. */
export class SiteFile {
  readonly type: string;
  readonly etag: string;
  readonly #bytes: Uint8Array;
  readonly #compressible: boolean;
  readonly #encoded = new Map<Encoding, Promise<Uint8Array>>();

  constructor(options: { bytes: Uint8Array; type: string; compressible: boolean }) {
    this.type = options.type;
    this.#bytes = options.bytes;
    this.#compressible = options.compressible && options.bytes.length >= MIN_COMPRESSED;
    this.etag = `"${createHash('sha256').update(options.bytes).digest('base64url').slice(0, 22)}"`;
  }

  /** The best form that the asker takes. */
  async for(acceptEncoding: string | undefined): Promise<{ bytes: Uint8Array; encoding?: Encoding }> {
    const encoding = this.#compressible ? encodingOf(acceptEncoding ?? '') : undefined;
    if (encoding === undefined) return { bytes: this.#bytes };
    let encoded = this.#encoded.get(encoding);
    if (!encoded) this.#encoded.set(encoding, (encoded = compress(this.#bytes, encoding)));
    return { bytes: await encoded, encoding };
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

function compress(bytes: Uint8Array, encoding: Encoding): Promise<Uint8Array> {
  if (encoding === 'gzip') return promisify(gzip)(bytes, { level: 9 });
  return promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
}
