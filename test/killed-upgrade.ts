// A program that dies by a signal in the midst of bringing a database up to date: `node killed-upgrade.ts FOLDER [DATABASE]`.
import { sql } from 'kysely';
import { plugins } from '../src/plugins.ts';
import { openStore } from '../src/store/store.ts';

const [, , folder = '', database] = process.argv;
const dies = {
  name: '9999-dies',
  async up(db: Parameters<(typeof plugins)[number]['start']>[0]['store']['db']) {
    await sql`CREATE TABLE half (a TEXT)`.execute(db);
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  },
};
await openStore({ folder, database, migrations: [...plugins.flatMap(({ migrations = [] }) => migrations), dies] });
