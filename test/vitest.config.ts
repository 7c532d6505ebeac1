import { join } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { long } from './long.ts';
import { LongestFirst } from './longest-first.ts';

const root = join(import.meta.dirname, '..');
/** What needs programs or time that `npm test` does without. */
const heavy = long ? [] : ['test/**/*.heavy.test.ts'];

/**
 * What has to be the same on PostgreSQL as on SQLite, whatever it is that the files have been written for: all that asks the
 * database, and in the long form what asks it over HTTP and sockets.
 */
const onPostgres = [
  'src/store/contract.test.ts',
  'src/features/accounts/accounts.test.ts',
  'src/features/chat/chat-{room,speakers,arrivals}.test.ts',
  'src/features/rooms/room-directory.test.ts',
  'test/conformance/{chat,versions}.test.ts',
  'test/postgres/**/*.test.ts',
  ...(long ? ['test/conformance/{accounts,rooms,tokens,revocation}.test.ts'] : []),
];

/** What measures how late something is, or the memory of many at once, has the processors for itself. */
const timedFaults = ['test/faults/**/*.timed.test.ts', 'test/faults/**/*.heavy.test.ts'];
const timedPages = ['test/e2e/**/*.timed.test.ts', 'test/e2e/**/*.heavy.test.ts'];

/**
 * What `npm test` runs beside the unit tests, one project for each stage, and one more for those of its files that measure
 * delays, which run one at a time. The others share the processors, of which those that mostly wait have more files than
 * there are. What a file needs of the server is in its objects alone, so where many files start servers they share modules.
 */
const config: ViteUserConfig = defineConfig({
  root,
  test: {
    passWithNoTests: false,
    sequence: { sequencer: LongestFirst },
    projects: [
      stage('fuzz', {
        include: ['test/fuzz/**/*.test.ts'],
        testTimeout: 60_000,
        maxConcurrency: 2,
        fileParallelism: false,
      }),
      stage('conformance', {
        include: ['test/conformance/**/*.test.ts'],
        exclude: heavy,
        testTimeout: 30_000,
        maxWorkers: 4,
        isolate: false,
      }),
      // `conformance*` is one stage: the suites that use the database hard, once more, on PostgreSQL.
      stage('conformance-postgres', {
        include: onPostgres,
        testTimeout: 30_000,
        maxWorkers: 4,
        isolate: false,
        globalSetup: ['test/postgres/cluster-setup.ts'],
        more: ['test/postgres/on-postgres.ts'],
      }),
      stage('faults', {
        include: ['test/faults/**/*.test.ts'],
        exclude: timedFaults,
        testTimeout: 60_000,
        maxWorkers: 4,
      }),
      stage('faults-timed', {
        include: timedFaults,
        exclude: heavy,
        testTimeout: 60_000,
        fileParallelism: false,
        sequence: { groupOrder: 1 },
      }),
      stage('interop', {
        include: ['test/interop/**/*.test.ts'],
        exclude: heavy,
        testTimeout: 90_000,
        maxWorkers: 3,
      }),
      stage('e2e', {
        include: ['test/e2e/**/*.test.ts'],
        exclude: timedPages,
        testTimeout: 90_000,
        maxWorkers: 2,
        isolate: false,
      }),
      stage('e2e-timed', {
        include: timedPages,
        exclude: heavy,
        testTimeout: 90_000,
        fileParallelism: false,
        sequence: { groupOrder: 1 },
      }),
      stage('pack', { include: ['test/pack/**/*.test.ts'], testTimeout: 300_000, fileParallelism: false }),
    ],
  },
});

export default config;

interface Stage {
  include: string[];
  exclude?: string[];
  testTimeout?: number;
  maxConcurrency?: number;
  maxWorkers?: number;
  fileParallelism?: boolean;
  isolate?: boolean;
  sequence?: { groupOrder: number };
  globalSetup?: string[];
  /** Further set-up files. */
  more?: string[];
}

function stage(
  name: string,
  { more = [], ...options }: Stage,
): { test: NonNullable<ViteUserConfig['test']> & { name: string } } {
  const setupFiles = ['test/object-prototype.ts', ...more];
  return { test: { name, root, hookTimeout: 60_000, setupFiles, expect: { poll: { timeout: 10_000 } }, ...options } };
}
