import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { ask } from '../postgres-cluster.ts';

/** An empty database of a test's own in the cluster of the run. */
export class TestDatabase {
  readonly name: string = `own_${randomBytes(8).toString('hex')}`;

  static async make(options = 'TEMPLATE roomcast_template'): Promise<TestDatabase> {
    const database = new TestDatabase();
    await ask(cluster(), `CREATE DATABASE ${database.name} ${options}`);
    return database;
  }

  /** Through another port, or as somebody else. */
  address({ port, user }: { port?: number; user?: string } = {}): string {
    const url = new URL(cluster());
    url.pathname = `/${this.name}`;
    if (port !== undefined) url.port = String(port);
    if (user !== undefined) url.username = user;
    return url.href;
  }

  /** Asks beside whoever uses it. */
  ask<Row extends object>(sql: string): Promise<Row[]> {
    return ask<Row>(this.address(), sql);
  }

  /** Ends the connections of servers, as an operator may. Gives how many there were. */
  async endConnections(): Promise<number> {
    const of = `FROM pg_stat_activity WHERE datname = '${this.name}' AND application_name = 'roomcast'`;
    return (await this.ask(`SELECT pg_terminate_backend(pid) ${of}`)).length;
  }
}

/** The cluster's port. */
export function clusterPort(): number {
  return Number(new URL(cluster()).port);
}

/** The cluster's password, as it is and as addresses have it. */
export function passwords(): string[] {
  const { password } = new URL(cluster());
  return [password, decodeURIComponent(password)];
}

function cluster(): string {
  const address = inject('cluster');
  if (address === undefined) throw new Error('PostgreSQL is not installed.');
  return address;
}
