import type { Client } from './api.ts';

/** A browser in which somebody is signed in. Times are ISO 8601 in UTC. */
export interface SignInInfo {
  id: string;
  created: string;
  agent?: string;
  lastUsed?: string;
  /** It is the one that asks. */
  here: boolean;
}

/** The calls of the API with which somebody looks after their own account. Each rejects with an `ApiError`. */
export class MeApi {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Proves by the password once more who uses this browser; what is for its owner alone answers `confirm` until then. */
  confirm(password: string): Promise<void> {
    return this.#call('POST', 'confirm', { password });
  }

  /** The newest first. */
  async signIns(): Promise<SignInInfo[]> {
    return (await this.#call<{ signIns: SignInInfo[] }>('GET', 'me/sign-ins')).signIns;
  }

  /** Signs one browser out. */
  endSignIn(id: string): Promise<void> {
    return this.#call('DELETE', `me/sign-ins/${encodeURIComponent(id)}`);
  }

  /** Signs all other browsers out. */
  endSignIns(): Promise<void> {
    return this.#call('DELETE', 'me/sign-ins');
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    return (await this.#client.call(method, path, body)) as T;
  }
}
