import type { Credentials, Identity, Remote } from '../../live/access.ts';
import type { Said } from './chat-text.ts';
import { type Capability, tagKey } from './capabilities.ts';
import type { Channel, Member } from './channel.ts';
import type { Gateway } from './gateway.ts';
import { bytesOf, cutText, type Line, LINE_BYTES, writeLine } from './line.ts';
import { nickOf } from './nick.ts';
import { numerics } from './numerics.ts';
import { hostOf, type Person } from './person.ts';
import { Registration } from './registration.ts';

export interface PeerOptions {
  gateway: Gateway;
  remote: Remote;
  /** Takes lines that are complete. */
  write(text: string): void;
  /** Has it stay, now that it has a nick. False when the server is full. */
  keep(): boolean;
  /** Ends the connection, after what was written. */
  end(): void;
}

/** One client of IRC: who it is, what it knows of, and where it is. */
export class Peer implements Member {
  readonly caps: Set<Capability> = new Set();
  readonly channels: Map<string, Channel> = new Map();
  readonly registration: Registration = new Registration();
  /** Passes of links by which it came into rooms. */
  readonly passes: Map<string, string> = new Map();
  readonly remote: Remote;
  nick = '*';
  isRegistered = false;
  isGone = false;
  identity: Identity | undefined;
  credentials: Credentials = {};
  /** Where it says something just now, and what came under its name meanwhile. */
  saying: { slug: string; unsure: Said[] } | undefined;
  readonly #options: PeerOptions;
  #signOut: (() => void) | undefined;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.remote = options.remote;
  }

  get gateway(): Gateway {
    return this.#options.gateway;
  }

  get id(): string {
    return this.identity?.id ?? '*';
  }

  get host(): Person['host'] {
    return hostOf(this.id);
  }

  /** Equal for peers that get the same tags. */
  get tagKey(): string {
    return tagKey(this.caps);
  }

  /** Becomes somebody; `signOut` is called when it is gone, or somebody else. */
  become(identity: Identity, credentials: Credentials, signOut?: () => void): void {
    this.#signOut?.();
    this.identity = identity;
    this.credentials = credentials;
    this.#signOut = signOut;
    if (this.isGone) this.left();
  }

  /** The name of its account; undefined for guests. */
  get account(): string | undefined {
    const { identity } = this;
    return identity?.kind === 'account' && identity.name !== undefined ? nickOf(identity.name) : undefined;
  }

  /** Who it is before the door of a room. */
  visitor(slug: string): { identity: Identity | undefined; remote: Remote; credentials: Credentials } {
    const { identity, remote, credentials } = this;
    const pass = this.passes.get(slug);
    return { identity, remote, credentials: pass === undefined ? credentials : { ...credentials, pass } };
  }

  /** Sends one line; what would be too long is cut. */
  send(line: Line): void {
    const params = line.params.slice();
    const { tags: _, ...bare } = line;
    const over = bytesOf(writeLine(bare)) - LINE_BYTES;
    const last = params.at(-1);
    if (over > 0 && last !== undefined) params[params.length - 1] = cutText(last, bytesOf(last) - over);
    this.write(writeLine({ ...line, params }));
  }

  /** Sends lines that are complete. */
  write(text: string): void {
    if (!this.isGone) this.#options.write(text);
  }

  /** Sends a numeric reply. */
  reply(name: keyof typeof numerics, ...params: readonly string[]): void {
    this.send({ source: this.gateway.name, command: numerics[name], params: [this.nick, ...params] });
  }

  /** Sends words of the server itself, to it or to a room. */
  note(words: string, target: string = this.nick): void {
    this.send({ source: this.gateway.name, command: 'NOTICE', params: [target, words] });
  }

  keep(): boolean {
    return this.#options.keep();
  }

  /** Ends the connection, with the reason. */
  close(reason: string): void {
    if (this.isGone) return;
    this.send({ command: 'ERROR', params: [`Closing link: ${reason}`] });
    this.gateway.quit(this, reason);
    this.#options.end();
  }

  /** It is gone. */
  left(): void {
    this.isGone = true;
    this.#signOut?.();
    this.#signOut = undefined;
  }
}
