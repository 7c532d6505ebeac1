import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FuzzTarget } from './target.ts';

const targetFolder = join(import.meta.dirname, 'targets');
const seedFolder = join(import.meta.dirname, 'seeds');

export interface Seed {
  name: string;
  bytes: Uint8Array;
}

/** Every target that a file in `targets` exports, alone or in a list, in the order of the catalogue. */
export async function loadTargets(): Promise<FuzzTarget[]> {
  const found = new Set<FuzzTarget>();
  for (const file of globSync('*.ts', { cwd: targetFolder })) {
    const exported = (await import(pathToFileURL(join(targetFolder, file)).href)) as Record<string, unknown>;
    for (const value of Object.values(exported).flat()) if (isTarget(value)) found.add(value);
  }
  return [...found].toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

/** One word for a target, as it is named on the command line and below `seeds`: `F-02-amf0-and-amf3-decoder`. */
export function nameOf(target: FuzzTarget): string {
  const words = target.title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return [target.id, ...words.slice(0, 4)].join('-');
}

/** The named seeds of a target: what was found once and is run for ever. */
export function seedsOf(target: FuzzTarget): Seed[] {
  const folder = join(seedFolder, nameOf(target));
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.bin'))
    .toSorted()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) }));
}

/** Keeps an input as a named seed; gives the file's path. */
export function keepSeed(target: FuzzTarget, invariant: string, input: Uint8Array): string {
  const folder = join(seedFolder, nameOf(target));
  mkdirSync(folder, { recursive: true });
  const file = join(
    folder,
    `${invariant.toLowerCase()}-${createHash('sha256').update(input).digest('hex').slice(0, 8)}.bin`,
  );
  writeFileSync(file, input);
  return file;
}

function isTarget(value: unknown): value is FuzzTarget {
  return typeof value === 'object' && value !== null && 'id' in value && 'seeds' in value && 'run' in value;
}
