import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Outcome, Program, runProgram } from '../programs.ts';
import { root } from '../servers.ts';

/** A registry may be slow for minutes. ms */
const LIMIT_MS = 280_000;
/** What a server of a test may live. ms */
const SERVER_MS = 120_000;

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** A file of the tarball. */
interface PackedFile {
  path: string;
  size: number;
}

/** What `npm pack` tells. */
interface Packed {
  filename: string;
  size: number;
  files: PackedFile[];
}

/** The package as others have it: packed here, installed into an empty folder of somebody who never had it. */
export class InstalledPackage {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'roomcast-pack-'));
  /** Where it is used. */
  readonly project: string = join(this.folder, 'project');
  packed!: Packed;

  constructor() {
    beforeAll(async () => {
      await this.#pack();
      await this.#install();
    }, 2 * LIMIT_MS);
    afterAll(() => rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 }));
  }

  /** Runs a program in the project to its end; one that fails is an error. */
  async run(path: string, args: readonly string[]): Promise<Outcome> {
    const outcome = await runProgram(path, args, { limitMs: LIMIT_MS, cwd: this.project, env: this.#env() });
    if (outcome.status !== 0)
      throw new Error(`${path} ${args.join(' ')} failed:\n${outcome.stdout}\n${outcome.stderr}`);
    return outcome;
  }

  /** `npx roomcast …` in the project. */
  start(args: readonly string[]): Program {
    const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
    return new Program(npx, ['roomcast', ...args], { limitMs: SERVER_MS, cwd: this.project, env: this.#env() });
  }

  /** Writes a file of the project. */
  write(name: string, text: string): void {
    writeFileSync(join(this.project, name), text);
  }

  async #pack(): Promise<void> {
    const { stdout, stderr, status } = await runProgram(npm, ['pack', '--json', '--pack-destination', this.folder], {
      limitMs: LIMIT_MS,
      cwd: root,
      env: this.#env(),
    });
    if (status !== 0) throw new Error(`npm pack failed:\n${stderr}`);
    // What its script says comes first.
    const told: Packed[] | Record<string, Packed> = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
    this.packed = Object.values(told)[0]!;
  }

  async #install(): Promise<void> {
    for (const name of ['home', 'project']) mkdirSync(join(this.folder, name));
    this.write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
    const types = `@types/node@${process.versions.node.split('.')[0]}`;
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await this.run(npm, ['install', ...quiet, join(this.folder, this.packed.filename), types]);
  }

  /** A home without anything in it, and nothing of this clone or of the npm that runs this; but npm's cache and settings. */
  #env(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_|init_cwd$|node_|vitest|test$|ci$)/i.test(name),
    );
    const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(root + sep));
    return {
      ...Object.fromEntries(kept),
      PATH: path.join(delimiter),
      HOME: join(this.folder, 'home'),
      npm_config_cache: process.env['npm_config_cache'] ?? join(homedir(), '.npm'),
      npm_config_userconfig: process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc'),
    };
  }
}
