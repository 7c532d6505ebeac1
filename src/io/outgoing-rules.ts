import { BlockList, isIP, isIPv6 } from 'node:net';
import { RoomcastError } from '../errors.ts';
import { isPublicAddress } from './public-address.ts';

/** Longest address that is taken; browsers and servers take no longer ones. */
const MAX_URL = 2048;
/** Below this only the ports of the web: what else listens there takes commands by lines of text, as SMTP does. */
const FIRST_FREE_PORT = 1024;
/** Above it, services that believe whoever reaches them, or take lines of text: databases, queues, desktops, what browsers refuse. */
const CLOSED_PORTS: ReadonlySet<number> = new Set([
  ...[1433, 1521, 1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 4222, 5060, 5061],
  ...[5432, 5672, 5900, 5984, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 8086, 9042, 9092, 9200, 9300],
  ...[10_080, 10_250, 11_211, 27_017],
]);

/** Where a request goes: the host as the address names it, and the port. */
export interface Target {
  /** In lower case, without brackets and without a dot at its end. */
  readonly host: string;
  readonly port: number;
}

/** Which other servers ours may speak to: those of the internet, and those that its operator allows. */
export class OutgoingRules {
  readonly #networks = new BlockList();
  readonly #targets = new Set<string>();

  /** `allow`: addresses, networks, and `HOST:PORT`, where the host is a name or an address. */
  constructor(allow: readonly string[]) {
    for (const item of allow) {
      const [address = '', bits] = item.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (isIP(address) === 0) this.#targets.add(plainHost(item));
      else if (bits === undefined) this.#networks.addAddress(address, family);
      else this.#networks.addSubnet(address, Number(bits), family);
    }
  }

  /** Reads an address, as far as it can be judged without asking anybody. Throws `outgoing-refused`. */
  read(text: string): URL {
    const url = text.length > MAX_URL ? null : URL.parse(text);
    if (!url) throw refused('This is no address of the web.');
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('Only http and https are spoken.');
    if (url.username !== '' || url.password !== '')
      throw refused('An address has no name and password in it; put a secret into its path or query.');
    const target = targetOf(url);
    if (isIP(target.host) !== 0) this.check(target.host, target);
    else if (!this.#opensPort(target)) throw closed(target.port);
    return url;
  }

  /** Throws `outgoing-refused` for an address that a target has and that may not be spoken to. */
  check(address: string, target: Target): void {
    const { host, port } = target;
    if (this.#allows(host, port) || this.#allows(address, port)) return;
    if (!isFree(port)) throw closed(port);
    if (isPublicAddress(address)) return;
    const family = isIP(address);
    if (family !== 0 && this.#networks.check(address, family === 6 ? 'ipv6' : 'ipv4')) return;
    throw refused('Its host is not one of the internet. “outgoing.allow” says which others may be reached.');
  }

  /** Whether a name may have an address that the port is open for. */
  #opensPort({ host, port }: Target): boolean {
    return isFree(port) || this.#allows(host, port) || [...this.#targets].some((target) => target.endsWith(`:${port}`));
  }

  #allows(host: string, port: number): boolean {
    return this.#targets.has(`${host}:${port}`);
  }
}

/** Where a request to an address goes. */
export function targetOf({ hostname, port, protocol }: URL): Target {
  return { host: plainHost(hostname), port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

function plainHost(text: string): string {
  return text.toLowerCase().replaceAll(/[[\]]/g, '').replace(/\.$/, '');
}

function isFree(port: number): boolean {
  return port === 80 || port === 443 || (port >= FIRST_FREE_PORT && !CLOSED_PORTS.has(port));
}

function closed(port: number): RoomcastError {
  return refused(`Port ${port} is not one for the web. “outgoing.allow” opens it for a host.`);
}

function refused(message: string): RoomcastError {
  return new RoomcastError('outgoing-refused', message);
}
