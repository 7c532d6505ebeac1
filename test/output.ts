import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Where tests keep what is made once and what a person may want to look at; git ignores it. */
export const outputFolder: string = join(import.meta.dirname, 'output');

/** A folder inside of it. */
export function outputOf(...names: string[]): string {
  const folder = join(outputFolder, ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** An empty folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'roomcast-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
