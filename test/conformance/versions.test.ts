import { onTestFinished, expect, test } from 'vitest';
import { plugins } from '../../src/plugins.ts';
import { openStore } from '../../src/store/store.ts';
import { temporaryFolder } from '../output.ts';
import { startTestServer } from '../test-server.ts';
import { versions } from './versions.ts';

const steps = plugins.flatMap(({ migrations = [] }) => migrations).toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** A database of the version whose last step is that number, with what the servers until then wrote. */
async function databaseOf(version: number): Promise<string> {
  const data = temporaryFolder();
  for (let step = 0; step <= version; step++) {
    const store = await openStore({ folder: data, migrations: steps.slice(0, step + 1) });
    await versions[step]!.write(store).finally(() => store.close());
  }
  return data;
}

test('each step of the database has data of its time here', () => {
  expect(versions.map(({ step }) => step)).toEqual(steps.map(({ name }) => name));
});

test.each(versions.map(({ step }, index) => [step, index] as const))(
  'a database of the version that ends with %s has everything in a server of today',
  async (_step, version) => {
    const server = await startTestServer({ data: await databaseOf(version) });
    onTestFinished(() => server.close());
    for (const { kept } of versions.slice(0, version + 1)) await kept(server);
    expect(server.log.filter((line) => line.includes('"err"'))).toEqual([]);
  },
);
