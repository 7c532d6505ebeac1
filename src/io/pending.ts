/**
 * Counts the connections of each address that have not asked for anything yet, so that one address cannot hold all of
 * them open with nothing.
 */
export class PendingConnections {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  readonly #addresses = new Map<object, string>();

  /** `limit`: 0 is none. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when the address has too many already; then the connection is not counted. One without address never is. */
  add(connection: object, address: string | undefined): boolean {
    if (address === undefined) return true;
    const count = this.#counts.get(address) ?? 0;
    if (this.#limit > 0 && count >= this.#limit) return false;
    this.#counts.set(address, count + 1);
    this.#addresses.set(connection, address);
    return true;
  }

  /** The connection has asked for something, or is gone. */
  remove(connection: object): void {
    const address = this.#addresses.get(connection);
    if (address === undefined) return;
    this.#addresses.delete(connection);
    const count = this.#counts.get(address)! - 1;
    if (count > 0) this.#counts.set(address, count);
    else this.#counts.delete(address);
  }
}
