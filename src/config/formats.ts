import { BlockList, isIP } from 'node:net';
import { isSlug } from '../live/path.ts';
import { parseAddress } from './address.ts';
import type { TextFormat } from './schema.ts';

/** A publish key as a file may declare it. */
const KEY = /^[A-Za-z0-9_-]{16,64}$/;
/** A source of the Content-Security-Policy; nothing that could end the directive and start another. */
const FRAME_SOURCE = /^(?:\*|'self'|'none'|https?:\/\/[A-Za-z0-9*.[\]:-]{1,255}|https?:)$/;
/** Labels of a name in the internet, of which there are two at least; the last is no number. */
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/i;
const EMAIL = /^[^\s@<>,;:"()[\]\\]+@[^\s@]+\.[^\s@.]+$/;

interface Format {
  /** Completes "expected …". */
  readonly words: string;
  test(text: string): boolean;
}

/** The formats of text options. */
export const formats: Readonly<Record<TextFormat, Format>> = {
  address: {
    words: 'ADDR:PORT, for example 127.0.0.1:8080, [::1]:8080, :8080 or 8080',
    test: (text) => parseAddress(text) !== undefined,
  },
  folder: { words: 'the path of a folder', test: isFilePath },
  file: { words: 'the path of a file', test: isFilePath },
  database: { words: 'an address such as postgres://roomcast:PASSWORD@127.0.0.1:5432/roomcast', test: isDatabase },
  'web-url': {
    words: 'an address such as https://live.example.org, without a path',
    test: (text) => isUrl(text, ['http:', 'https:']) && new URL(text).pathname === '/',
  },
  'rtmp-url': {
    words: 'an address such as rtmp://live.example.org/live',
    test: (text) => isUrl(text, ['rtmp:', 'rtmps:']) && new URL(text).pathname === '/live',
  },
  slug: {
    words: 'a slug: a-z, 0-9 and -, up to 63 characters, not starting with - and not reserved',
    test: isSlug,
  },
  network: { words: 'an IP address or a network such as 10.0.0.0/8', test: isNetwork },
  outgoing: {
    words: 'an IP address, a network such as 10.0.0.0/8, or HOST:PORT',
    test: (text) => isNetwork(text) || parseAddress(text)?.host !== undefined,
  },
  'frame-source': {
    words: "*, 'self', 'none' or an origin such as https://example.org",
    test: (text) => FRAME_SOURCE.test(text),
  },
  domain: {
    words: 'a full name such as live.example.org; authorities give none for addresses, and * only by other ways',
    test: (text) => text.length <= 253 && DOMAIN.test(text),
  },
  email: { words: 'an address such as ann@example.org', test: (text) => text.length <= 254 && EMAIL.test(text) },
  'https-url': {
    words: 'an address that begins with https://',
    test: (text) => URL.parse(text)?.protocol === 'https:',
  },
  key: { words: '16 to 64 characters of A-Z a-z 0-9 _ -', test: (text) => KEY.test(text) },
};

function isFilePath(text: string): boolean {
  return text.length > 0 && text.length <= 4096 && !text.includes('\0');
}

function isUrl(text: string, schemes: readonly string[]): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    schemes.includes(url.protocol) &&
    url.hostname !== '' &&
    !url.username &&
    !url.password &&
    !url.search &&
    !url.hash
  );
}

/** Where the socket of the system is used, its folder is in the query: `?host=/var/run/postgresql`. */
function isDatabase(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol) || url.hash) return false;
  return url.pathname.length > 1 && (url.hostname !== '' || url.searchParams.has('host'));
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  if (!/^\d{1,3}$/.test(bits)) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}
