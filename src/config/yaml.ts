import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { checkTree, type Problem, type Setting } from './check.ts';
import { MAX_DEPTH, type Entry, type Node, type Position } from './node.ts';
import type { OptionTable } from './schema.ts';

/** No configuration written by hand is larger; bounds the parser's work. */
export const MAX_FILE_BYTES = 262_144;

export interface FileOptions {
  readonly text: string;
  readonly table: OptionTable;
  /** The name that messages show. */
  readonly file: string;
  readonly report: (problem: Problem) => void;
}

/** Reads `roomcast.yaml`. Whatever is wrong is reported with its line and column; nothing is thrown. */
export function readYaml({ text, table, file, report }: FileOptions): Map<string, Setting> {
  const nothing = new Map<string, Setting>();
  if (text.length > MAX_FILE_BYTES) {
    report({ message: `The file is larger than ${MAX_FILE_BYTES / 1024} KiB.` });
    return nothing;
  }
  const lines = new LineCounter();
  let faults = 0;
  const fault = (problem: Problem): void => {
    faults++;
    report(problem);
  };
  const deep = nestsTooDeep(text);
  if (deep) {
    fault({ message: `More than ${MAX_DEPTH} levels deep.`, at: deep });
    return nothing;
  }
  let root: unknown;
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      version: '1.2',
    });
    for (const error of [...document.errors, ...document.warnings].slice(0, 10)) {
      fault({ message: syntaxWords(error), at: position(error.pos[0]) });
    }
    root = document.contents;
  } catch {
    fault({ message: 'This is not YAML that can be read.' });
  }
  if (faults > 0 || root === null || root === undefined) return nothing;
  const node = nodeAt(root, 0);
  return faults > 0 ? nothing : checkTree(node, { table, file, report });

  function position(offset: number | undefined): Position {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  function nodeAt(item: unknown, depth: number): Node {
    const range = isScalar(item) || isMap(item) || isSeq(item) || isAlias(item) ? item.range : undefined;
    const at = position(range?.[0]);
    if (depth > MAX_DEPTH) fault({ message: `More than ${MAX_DEPTH} levels deep.`, at });
    else if (isAlias(item)) fault({ message: 'Aliases are not read here; write the value out.', at });
    else if (isSeq(item)) return { kind: 'list', items: item.items.map((part) => nodeAt(part, depth + 1)), at };
    else if (isMap(item)) {
      const names = new Set<string>();
      const entries = item.items.flatMap((pair): Entry[] => {
        if (!isPair(pair) || !isScalar(pair.key)) {
          fault({ message: 'A name of an option has to be plain text.', at });
          return [];
        }
        const place = position(pair.key.range?.[0]);
        const name = String(pair.key.source ?? pair.key.value);
        if (names.has(name)) fault({ message: 'This name stands twice in its group.', at: place });
        names.add(name);
        const value: Node =
          pair.value === null ? { kind: 'scalar', value: null, at: place } : nodeAt(pair.value, depth + 1);
        return [{ name, at: place, value }];
      });
      return { kind: 'map', entries, at };
    } else if (isScalar(item)) {
      const { value } = item;
      if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        return { kind: 'scalar', value, at };
      }
      fault({ message: 'A value of a kind that no option takes.', at });
    }
    return { kind: 'scalar', value: null, at };
  }
}

/**
 * The parser recurses over nesting, so text that nests absurdly is refused before: by brackets (also inside quotes, which
 * no sane file fills with them), by dashes and question marks in a row, and by indentation.
 */
function nestsTooDeep(text: string): Position | undefined {
  let open = 0;
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    for (let i = 0; i < line.length; i++) {
      const character = line.charCodeAt(i);
      if (character === 0x5b || character === 0x7b) open++;
      else if ((character === 0x5d || character === 0x7d) && open > 0) open--;
      if (open > MAX_DEPTH * 4) return { line: number, column: i + 1 };
    }
    const marks = /^[ \t]*((?:[-?:][ \t]+){17})/.exec(line);
    if (marks) return { line: number, column: 1 };
    const indent = /^ */.exec(line)![0].length;
    if (indent > MAX_INDENT) return { line: number, column: indent };
  }
  return undefined;
}

const MAX_INDENT = 256;

/** The parser's own messages may quote the text, and with it a key; these do not. */
function syntaxWords(error: YAMLError): string {
  return faults[error.code] ?? 'This is not valid YAML.';
}

const faults: Partial<Record<YAMLError['code'], string>> = {
  BAD_INDENT: 'The indentation does not fit the lines above.',
  TAB_AS_INDENT: 'Tabs cannot indent; use spaces.',
  MISSING_CHAR: 'Something is missing here: a colon, a quote, a bracket or a space.',
  MULTILINE_IMPLICIT_KEY: 'The name of an option must fit on one line; a colon may be missing.',
  BLOCK_AS_IMPLICIT_KEY: 'A colon too many on this line, or a value that needs quotes.',
  UNEXPECTED_TOKEN: 'This does not belong here; a quote or bracket may be missing before.',
  TAG_RESOLVE_FAILED: 'Tags are not read here.',
  MULTIPLE_DOCS: 'The file holds more than one document.',
};
