import { ProtocolError } from '../../errors.ts';

/** What one AMF message may hold. Everything is read before a peer is known, so the limits are low. */
export interface AmfLimits {
  /** Nesting of arrays and objects; deeper recursion could overflow the stack. */
  readonly depth: number;
  /** Values in one message, each entry of each array and object counted. */
  readonly nodes: number;
  /** Bytes of one string in UTF-8. */
  readonly string: number;
  /** Bytes of one message with references written out. */
  readonly total: number;
}

export const amfLimits: AmfLimits = { depth: 32, nodes: 4096, string: 64 * 1024, total: 256 * 1024 };

/** Counts what a message has used of its limits, over both versions of AMF in it. */
export class AmfBudget {
  readonly limits: AmfLimits;
  nodes = 0;
  bytes = 0;
  depth = 0;
  /** Deepest level reached since it was last set; lets a reference know the height of what it repeats. */
  deepest = 0;

  constructor(limits: AmfLimits) {
    this.limits = limits;
  }

  /** One more value. */
  node(count = 1): void {
    this.nodes += count;
    if (this.nodes > this.limits.nodes) throw exceeded('values', this.limits.nodes);
  }

  /** Bytes that the message would have if nothing were left to references. */
  spend(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.limits.total) throw exceeded('bytes', this.limits.total);
  }

  /** Into an array or object. */
  enter(): void {
    this.depth++;
    if (this.depth > this.limits.depth) throw exceeded('levels', this.limits.depth);
    if (this.depth > this.deepest) this.deepest = this.depth;
  }

  leave(): void {
    this.depth--;
  }

  /** One string, paid for as it would be written. */
  string(bytes: number, most: number = this.limits.string): void {
    if (bytes > most) throw exceeded('bytes in a string', most);
    this.spend(bytes);
  }

  /** Fails before an array is read that says it has more entries than a message may have. */
  expect(entries: number): void {
    if (this.nodes + entries > this.limits.nodes) throw exceeded('values', this.limits.nodes);
  }
}

/** What an array or object that was read in full costs when it is repeated by a reference. */
export interface Cost {
  nodes: number;
  bytes: number;
  /** Levels of nesting, itself included. */
  height: number;
}

/** The values of a message that later values may refer to. */
export class References<T> {
  readonly #values: T[] = [];
  readonly #costs: (Cost | undefined)[] = [];
  readonly #budget: AmfBudget;

  constructor(budget: AmfBudget) {
    this.#budget = budget;
  }

  /** Keeps a value without entries that was read in full and costs `bytes`. */
  add<V extends T>(value: V, bytes: number): V {
    this.#budget.spend(bytes);
    this.#values.push(value);
    this.#costs.push({ nodes: 0, bytes, height: 0 });
    return value;
  }

  /** Reads one array or object whose entries may refer to what came before, but not to itself. */
  read<V extends T>(value: V, entries: (value: V) => void): V {
    const budget = this.#budget;
    const index = this.#values.length;
    this.#values.push(value);
    this.#costs.push(undefined);
    const { nodes, bytes, deepest } = budget;
    budget.enter();
    budget.deepest = budget.depth;
    entries(value);
    this.#costs[index] = {
      nodes: budget.nodes - nodes,
      bytes: budget.bytes - bytes,
      height: budget.deepest - budget.depth + 1,
    };
    if (deepest > budget.deepest) budget.deepest = deepest;
    budget.leave();
    return value;
  }

  /** The value that a reference means, paid for again. */
  get(index: number): T {
    const cost = this.#costs[index];
    if (!cost) throw new ProtocolError(`AMF reference ${index} is to a value that is not complete.`);
    const budget = this.#budget;
    budget.node(cost.nodes);
    budget.spend(cost.bytes);
    const deepest = budget.depth + cost.height;
    if (deepest > budget.limits.depth) throw exceeded('levels', budget.limits.depth);
    if (deepest > budget.deepest) budget.deepest = deepest;
    return this.#values[index]!;
  }
}

function exceeded(what: string, limit: number): ProtocolError {
  return new ProtocolError(`An AMF message has more than ${limit} ${what}.`, 'limit-exceeded');
}
