import { systemScheduler } from '../io/scheduler.ts';
import { RoomDirectory } from '../features/rooms/index.ts';
import { plugins } from '../plugins.ts';
import { openStore, type Store } from '../store/store.ts';
import { AdminApi } from './admin-api.ts';
import type { CommandContext } from './command-context.ts';

/** How a command does its work: by the API of the server that runs, or on the store when none does. */
export interface Ways<Result> {
  api: (api: AdminApi) => Promise<Result>;
  store: (store: Store) => Promise<Result>;
}

/** Works beside a running server, or without one. */
export async function beside<Result>({ effective, stderr }: CommandContext, ways: Ways<Result>): Promise<Result> {
  const { data: folder, database } = effective.settings;
  const api = await AdminApi.find(folder);
  if (api) return ways.api(api);
  const store = await openStore({ folder, database, migrations: plugins.flatMap((plugin) => plugin.migrations ?? []) });
  stderr.write(`No server runs on ${store.folder}; this comes from its database.\n`);
  try {
    return await ways.store(store);
  } finally {
    await store.close();
  }
}

/** The rooms of a store, with what the configuration file says of them. */
export function openRooms({ effective }: CommandContext, store: Store): Promise<RoomDirectory> {
  return RoomDirectory.open({ store, settings: effective.settings, scheduler: systemScheduler() });
}
