/** A value as some source gave it, unchecked, with the place it came from. */
export type Node =
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null; readonly at?: Position }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly at?: Position }
  | { readonly kind: 'map'; readonly entries: readonly Entry[]; readonly at?: Position };

export interface Entry {
  readonly name: string;
  readonly at?: Position;
  readonly value: Node;
}

/** Both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Options nest two deep; more than this is a mistake or an attack on the stack. */
export const MAX_DEPTH = 16;

/** Reads what a program handed in. Own enumerable properties only; `undefined` is as good as absent. */
export function nodeOf(value: unknown, depth = 0): Node {
  if (depth > MAX_DEPTH) return { kind: 'scalar', value: null };
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => nodeOf(item, depth + 1)) };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return { kind: 'map', entries: entries.map(([name, item]) => ({ name, value: nodeOf(item, depth + 1) })) };
  }
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return { kind: 'scalar', value: plain ? value : null };
}

/** What a node is, for messages; never its content. */
export function kindInWords(node: Node): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a group of options';
  if (node.value === null) return 'nothing';
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof node.value as 'string'];
}
