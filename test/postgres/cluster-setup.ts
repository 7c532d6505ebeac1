import type { TestProject } from 'vitest/node';
import { findProgram } from '../programs.ts';
import { PostgresCluster } from '../postgres-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the cluster of this run is, with the database `postgres`; undefined where PostgreSQL is not installed. */
    cluster: string | undefined;
  }
}

/** One cluster for all files of a run. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!findProgram('postgres')) {
    project.provide('cluster', undefined);
    return undefined;
  }
  const cluster = await PostgresCluster.start();
  project.provide('cluster', cluster.address('postgres'));
  return () => cluster.end();
}
