import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Program, program, runProgram } from './programs.ts';
import { freePort } from './servers.ts';

/** PostgreSQL refuses to run as root; Unix has this user for what may own nothing. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const PASSWORD = 'a password / of tests?';
/** What new databases are made of: its letters are ordered as people do, not as bytes are. */
const TEMPLATE = 'roomcast_template';

/** A PostgreSQL of its own in a folder that is gone afterwards, on loopback and a socket in that folder. */
export class PostgresCluster {
  readonly folder: string;
  readonly port: number;
  readonly #user: { uid: number; gid: number } | undefined;
  #server: Program | undefined;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
    this.#user = process.getuid?.() === 0 ? NOBODY : undefined;
    if (this.#user) chownSync(folder, this.#user.uid, this.#user.gid);
  }

  static async start(): Promise<PostgresCluster> {
    const cluster = new PostgresCluster(mkdtempSync(join(tmpdir(), 'roomcast-pg-')), await freePort());
    await cluster.#make();
    await cluster.up();
    await cluster.query(
      `CREATE DATABASE ${TEMPLATE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'`,
    );
    return cluster;
  }

  /** The address of a database in it, of its owner or somebody else. */
  address(database: string, user = 'postgres'): string {
    return `postgres://${user}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/${database}`;
  }

  /** Its password, as it is and as addresses have it. */
  get passwords(): string[] {
    return [PASSWORD, encodeURIComponent(PASSWORD)];
  }

  /** Makes an empty database. Gives its address. */
  async create(database: string): Promise<string> {
    await this.query(`CREATE DATABASE ${database} TEMPLATE ${TEMPLATE}`);
    return this.address(database);
  }

  /** Asks as the owner of everything. */
  query<Row extends object>(sql: string, database = 'postgres'): Promise<Row[]> {
    return ask<Row>(this.address(database), sql);
  }

  /** Starts it, again after `down`. */
  async up(): Promise<void> {
    const { folder, port } = this;
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: folder,
      // Nothing of this outlives the tests.
      fsync: 'off',
      full_page_writes: 'off',
      shared_buffers: '16MB',
      max_connections: 80,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#server = new Program(program('postgres'), ['-D', join(folder, 'data'), ...args], this.#run(1_800_000));
    await this.#server.says(/database system is ready/, 'stderr');
  }

  /** Stops it as an operator does, or as a fault would. */
  async down(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.#server?.stop(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    this.#server = undefined;
  }

  async end(): Promise<void> {
    await this.down('immediate');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #make(): Promise<void> {
    const password = join(this.folder, 'password');
    writeFileSync(password, PASSWORD);
    if (this.#user) chownSync(password, this.#user.uid, this.#user.gid);
    const args = ['-D', join(this.folder, 'data'), '-U', 'postgres', '--pwfile', password, '-A', 'scram-sha-256'];
    const { status, stderr } = await runProgram(
      program('initdb'),
      [...args, '--no-sync', '-E', 'UTF8'],
      this.#run(60_000),
    );
    if (status !== 0) throw new Error(`initdb failed:\n${stderr}`);
  }

  #run(limitMs: number): ConstructorParameters<typeof Program>[2] {
    return { limitMs, cwd: this.folder, env: { ...process.env, LC_ALL: 'C.UTF-8' }, ...this.#user };
  }
}

/** Asks a database something beside whoever uses it. */
export async function ask<Row extends object>(address: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
