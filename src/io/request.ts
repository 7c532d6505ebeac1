import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Remote } from '../live/access.ts';
import type { HttpRequest } from './exchange.ts';

/** Longest agent that is kept; what a client calls itself is only shown. */
const MAX_AGENT = 200;
/** Hosts, with or without a port, that are the browser's own machine (Secure Contexts §3.1, RFC 6761 §6.3). */
const OWN_MACHINE = /^(?:(?:[a-z0-9-]+\.)*localhost\.?|127(?:\.\d{1,3}){3}|\[::1\])(?::\d*)?$/;
/** Headers with which proxies say that they are between (RFC 7239, and those that are older or of one maker). */
const FORWARDING = /^(?:forwarded|via|x-real-ip|x-forwarded-.+|.+-(?:client|connecting)-ip)$/;

/** Reverse proxies whose forwarding headers are believed. */
export type Proxies = BlockList;

/** Reads addresses and networks (`10.0.0.0/8`). */
export function proxiesOf(networks: readonly string[]): Proxies {
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/');
    const family = isIPv6(address!) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address!, family);
    else list.addSubnet(address!, Number(bits), family);
  }
  return list;
}

/**
 * The path of a request, each segment decoded; undefined when the request names none. An encoded slash is no slash, and
 * what cannot be decoded stays as it is: neither can then pass for a path of a stream.
 */
export function pathnameOf(request: HttpRequest): string | undefined {
  const target = originForm(request.url ?? '');
  if (!target.startsWith('/')) return undefined;
  const end = target.search(/[?#]/);
  const raw = end < 0 ? target : target.slice(0, end);
  return raw.includes('%') ? raw.split('/').map(decodeSegment).join('/') : raw;
}

function decodeSegment(segment: string): string {
  try {
    const text = decodeURIComponent(segment);
    return text.includes('/') ? segment : text;
  } catch {
    return segment;
  }
}

/** `http://host/path` asks for `/path` (RFC 9112 §3.2.2). */
export function originForm(target: string): string {
  if (!/^https?:\/\//i.test(target)) return target;
  const path = target.indexOf('/', target.indexOf('//') + 2);
  return path < 0 ? '/' : target.slice(path);
}

/**
 * `/live/SLUG/pass/PASS/REST` is `/live/SLUG/REST` with a pass: what is named relative to such an address, as lists of HLS
 * name their segments, has the pass, too.
 */
export function passedPath(url: string): { url: string; pass: string } | undefined {
  const [, path, pass, rest] = /^(\/live\/[^/?#]+)\/pass\/([\w.-]{1,1024})(\/.*)$/s.exec(url) ?? [];
  return path === undefined ? undefined : { url: `${path}${rest}`, pass: pass! };
}

/** One value of the query; undefined when it is not there. */
export function queryOf(request: HttpRequest, name: string): string | undefined {
  const target = request.url ?? '';
  const start = target.indexOf('?');
  if (start < 0) return undefined;
  return new URLSearchParams(target.slice(start + 1)).get(name) ?? undefined;
}

/** Where a request really came from: a configured proxy is asked, nobody else is believed. */
export function remoteOf(request: HttpRequest, proxies: Proxies): Remote {
  const { socket, headers } = request;
  const agent = headers['user-agent']?.slice(0, MAX_AGENT);
  let address = plainAddress(socket.remoteAddress ?? '');
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  let believed = false;
  while (forwarded.length > 0 && isListed(address, proxies)) {
    const next = plainAddress(withoutPort(forwarded.pop()!.trim()));
    if (!isAddress(next)) break;
    believed = true;
    address = next;
  }
  const port = believed ? undefined : socket.remotePort;
  return { address, ...(port === undefined ? {} : { port }), ...(agent ? { agent } : {}) };
}

/** Some proxies add the port: `192.0.2.1:5678`, `[2001:db8::1]:5678`. */
function withoutPort(text: string): string {
  const [, inBrackets, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(text) ?? [];
  return inBrackets ?? plain ?? text;
}

/** IPv4 inside IPv6 is IPv4. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** What limits count by: an IPv6 address stands for its network of 64 bits, which belongs to one customer. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%', 1)[0]!.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  return [...first, ...Array<string>(gap).fill('0'), ...last].slice(0, 4).join(':');
}

/** Limits per address do not hold for this machine itself and for configured proxies. */
export function isExempt(address: string, proxies: Proxies): boolean {
  return isLoopback(address) || isListed(address, proxies);
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** Whether a request comes from this machine itself, with no sign of a proxy that passed it on. */
export function isLocal({ socket, headers }: HttpRequest): boolean {
  if (!isLoopback(plainAddress(socket.remoteAddress ?? ''))) return false;
  return !Object.keys(headers).some((name) => FORWARDING.test(name));
}

/** What limits per address count a peer by; undefined for those for whom they do not hold. */
export function limitKey(address: string, proxies: Proxies): string | undefined {
  return isExempt(address, proxies) ? undefined : networkOf(address);
}

/** Whether the browser came over TLS: to us, to a configured proxy, or by the word of its own Origin. */
export function isSecure(request: HttpRequest, proxies: Proxies): boolean {
  const { socket, headers } = request;
  if ('encrypted' in socket && socket.encrypted) return true;
  if (headers.origin !== undefined) return /^https:/i.test(headers.origin);
  return isProxied(request, proxies) && headers['x-forwarded-proto'] === 'https';
}

/** The host under which the browser knows us, with its port. */
export function hostOf(request: HttpRequest, proxies: Proxies): string | undefined {
  const { headers } = request;
  const forwarded = isProxied(request, proxies) ? [headers['x-forwarded-host'] ?? []].flat()[0] : undefined;
  // Each proxy of a row may add its own; the first is the one that the browser came by.
  return (forwarded?.split(',', 1)[0]!.trim() || headers.host)?.toLowerCase();
}

/**
 * Whether the browser takes our address for one that nobody on the way can change: over TLS, or on its own machine
 * (Secure Contexts §3.1). It heeds some headers there alone, and complains of them elsewhere.
 */
export function isTrustworthy(request: HttpRequest, proxies: Proxies): boolean {
  return isSecure(request, proxies) || OWN_MACHINE.test(hostOf(request, proxies) ?? '');
}

function isProxied(request: HttpRequest, proxies: Proxies): boolean {
  return isListed(plainAddress(request.socket.remoteAddress ?? ''), proxies);
}

function isListed(address: string, list: BlockList): boolean {
  return isAddress(address) && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

export function bearerOf(request: HttpRequest): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** Which origins are ours: those configured, and the host that the request was sent to. */
export interface Ours {
  readonly origins: readonly string[];
  readonly proxies: Proxies;
}

/**
 * Whether a request comes from a page of ours. Browsers leave Origin out of same-origin GET requests, so without
 * `strict` its absence is allowed where Sec-Fetch-Site does not speak against it.
 */
export function isOwnOrigin(request: HttpRequest, ours: Ours, strict: boolean): boolean {
  const { origin } = request.headers;
  if (origin !== undefined) return isOurs(origin, request, ours);
  if (strict) return false;
  const site = request.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** For requests that change something: a browser must say that they come from a page of ours. */
export function isSameSite(request: HttpRequest, ours: Ours): boolean {
  const { origin } = request.headers;
  if (origin !== undefined) return isOurs(origin, request, ours);
  return request.headers['sec-fetch-site'] === 'same-origin';
}

/** Browsers say where a request that changes something comes from; whatever says nothing is none. */
export function isProgram({ headers }: HttpRequest): boolean {
  return headers.origin === undefined && headers['sec-fetch-site'] === undefined;
}

function isOurs(origin: string, request: HttpRequest, { origins, proxies }: Ours): boolean {
  if (origins.includes(origin)) return true;
  const url = URL.parse(origin);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  const host = hostOf(request, proxies);
  // Read with the same scheme, so that a default port counts as none on both sides.
  const own = host === undefined ? null : URL.parse(`${url.protocol}//${host}`);
  return url.host !== '' && url.host === own?.host;
}
