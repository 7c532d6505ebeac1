import type { Address } from './address.ts';

/**
 * How options are declared, once: validation, defaults, environment names, `--help`, the sample file and the reference
 * all come from tables of these.
 */
export type OptionTable = { readonly [name: string]: OptionSchema };

/** What a text has to look like beyond being text; each has its words and its test in `formats.ts`. */
export type TextFormat =
  | 'address'
  | 'folder'
  | 'file'
  | 'database'
  | 'web-url'
  | 'rtmp-url'
  | 'slug'
  | 'network'
  | 'outgoing'
  | 'frame-source'
  | 'key'
  | 'domain'
  | 'email'
  | 'https-url';

export interface TextOption extends Described {
  readonly type: 'text';
  readonly default?: string;
  readonly format?: TextFormat;
  readonly maxLength?: number;
  /** The only values it takes. */
  readonly oneOf?: readonly string[];
  /** For addresses: a publisher may come in here. */
  readonly takesPublishers?: true;
}

export interface NumberOption extends Described {
  readonly type: 'number';
  readonly default?: number | string;
  /** What one of it is, in words: `seconds`, `bytes`, `milliseconds`. Absent for a plain count. */
  readonly unit?: string;
  readonly whole?: true;
  readonly min: number;
  readonly max: number;
  /** Words that it takes besides numbers. */
  readonly words?: readonly string[];
}

export interface SwitchOption extends Described {
  readonly type: 'switch';
  readonly default: boolean;
}

export interface ListOption extends Described {
  readonly type: 'list';
  readonly items: TextOption;
  readonly default: readonly string[];
}

/** A map from free names to equal groups, as `rooms`. Only the file and the library can give it. */
export interface RecordOption extends Described {
  readonly type: 'record';
  readonly names: TextFormat;
  readonly each: OptionTable;
}

/** Options under one name, as `limits`. */
export interface GroupOption extends Described {
  readonly type: 'group';
  /** Words that may stand in place of the group, each for options of it. */
  readonly words?: { readonly [word: string]: { readonly [name: string]: string | number | boolean } };
  readonly options: OptionTable;
}

interface Described {
  /** One or two sentences: what it does and why the default is what it is. */
  readonly description: string;
  /** The placeholder of the flag's value; options without one have no flag. */
  readonly flag?: string;
  /** Never printed, never part of a message. */
  readonly secret?: true;
  /** Set by flag or environment only: it is needed before the file is read, or is about one start. */
  readonly notInFile?: true;
}

export type LeafOption = TextOption | NumberOption | SwitchOption | ListOption | RecordOption;
export type OptionSchema = LeafOption | GroupOption;

/** The value of an option once everything is checked and filled in. */
export type Value<S> = S extends { format: 'address' }
  ? Address
  : S extends { type: 'text'; oneOf: readonly (infer Word)[] }
    ? Word
    : S extends { type: 'text' }
      ? string
      : S extends { type: 'number'; words: readonly (infer Word)[] }
        ? number | Word
        : S extends { type: 'number' }
          ? number
          : S extends { type: 'switch' }
            ? boolean
            : S extends { type: 'list' }
              ? readonly string[]
              : S extends { type: 'record'; each: infer Each }
                ? { readonly [name: string]: Values<Each> & Declared }
                : S extends { type: 'group'; options: infer Table }
                  ? Values<Table>
                  : never;

/** The values of a whole table: what has no default may be absent. */
export type Values<T> = {
  readonly [K in keyof T as T[K] extends Filled ? K : never]: Value<T[K]>;
} & {
  readonly [K in keyof T as T[K] extends Filled ? never : K]?: Value<T[K]> | undefined;
};

/** What a program may hand in: any part of a table, addresses also as text or as a port alone. */
export type Input<T> = {
  readonly [K in keyof T]?:
    | (T[K] extends { format: 'address' }
        ? string | number | Address
        : T[K] extends { type: 'group'; options: infer Table }
          ? Input<Table> | WordOf<T[K]>
          : Value<T[K]>)
    | undefined;
};

type WordOf<S> = S extends { words: infer Words } ? keyof Words : never;

/** Where a part of the configuration file stands, so that an answer can name it. */
export interface Declared {
  readonly declaredAt?: { readonly file: string; readonly line: number } | undefined;
}

type Filled = { default: unknown } | { type: 'group' | 'record' };

/** One option with its full name, `limits.rtmpMessage`. */
export interface Leaf {
  readonly name: string;
  readonly schema: LeafOption;
}

/** All options of a table in order, groups opened. */
export function leavesOf(table: OptionTable, prefix = ''): Leaf[] {
  return Object.entries(table).flatMap(([key, schema]) =>
    schema.type === 'group' ? leavesOf(schema.options, `${prefix}${key}.`) : [{ name: prefix + key, schema }],
  );
}

/** `limits.rtmpMessage` → `ROOMCAST_LIMITS_RTMP_MESSAGE`. */
export function environmentName(name: string): string {
  return `ROOMCAST_${name
    .replaceAll('.', '_')
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}

/** `publicUrl` → `public-url`, `tls.cert` → `tls-cert`. */
export function flagName(name: string): string {
  return name.replaceAll('.', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
