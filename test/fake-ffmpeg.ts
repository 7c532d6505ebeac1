import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './output.ts';

const DEMO = join(import.meta.dirname, '..', 'assets', 'demo.flv');

/** A program in place of ffmpeg, for one test. */
export class FakeFfmpeg {
  /** The folder that it is alone in, for a PATH. */
  readonly folder: string = temporaryFolder();
  readonly path: string = join(this.folder, 'ffmpeg');
  readonly #mark: string = join(this.folder, 'pid');

  /** `script`: JavaScript that writes FLV; it finds the bytes of the demo clip as `demo`. */
  constructor(script: string) {
    const lines = [
      `#!${process.execPath}`,
      `const { readFileSync, writeFileSync } = require('node:fs');`,
      `writeFileSync(${JSON.stringify(this.#mark)}, String(process.pid));`,
      `const demo = readFileSync(${JSON.stringify(DEMO)});`,
      script,
    ];
    writeFileSync(this.path, lines.join('\n'), { mode: 0o755 });
    onTestFinished(() => {
      if (this.isRunning) process.kill(this.#pid, 'SIGKILL');
    });
  }

  get #pid(): number {
    return Number(readFileSync(this.#mark, 'utf8'));
  }

  /** It was started at some time. */
  get hasRun(): boolean {
    return existsSync(this.#mark);
  }

  get isRunning(): boolean {
    if (!this.hasRun) return false;
    try {
      return process.kill(this.#pid, 0);
    } catch {
      return false;
    }
  }
}

/** Nothing more comes, and no end. */
export const HANG = 'setInterval(() => {}, 1000);';
