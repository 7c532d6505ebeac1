import { resolve } from 'node:path';
import { type Settings, settingsOf } from '../config/settings.ts';
import { tlsSource } from '../config/tls.ts';
import { ownBaseUrl } from '../features/accounts/own-base-url.ts';
import type { Plugin } from '../plugin.ts';
import { plugins } from '../plugins.ts';
import { createServer } from '../server.ts';
import { AdminApi } from './admin-api.ts';
import type { CommandContext } from './command-context.ts';

/** What of a server answers commands; the rest only brings its tables. */
const ANSWERS: ReadonlySet<string> = new Set(['audit', 'accounts', 'rooms', 'pictures']);

/**
 * Works by the API of the server that runs, or where none does by that of one for this command alone, which only this
 * machine reaches: both ways a command does and prints the same.
 */
export async function beside<Result>(
  { effective, stderr }: CommandContext,
  work: (api: AdminApi, runs: boolean) => Promise<Result>,
): Promise<Result> {
  const { settings } = effective;
  const api = await AdminApi.find(settings.data);
  if (api) return work(api, true);
  const server = await createServer(forCommand(settings), { plugins: plugins.map(quiet) });
  stderr.write(`No server runs on ${resolve(settings.data)}; this comes from its database.\n`);
  try {
    return await work(await AdminApi.at(settings.data), false);
  } finally {
    await server.close();
  }
}

function quiet(plugin: Plugin): Plugin {
  return ANSWERS.has(plugin.name) ? plugin : { ...plugin, start: async () => ({ close: async () => {} }) };
}

/** The same server where nobody finds it; its links are those of the one that will run. */
function forCommand(settings: Settings): Settings {
  const secure = tlsSource(settings.tls) === undefined ? undefined : settings.https;
  const [domain] = settings.tls.acme.domains;
  const http = secure ? { ...secure, ...(domain !== undefined && { host: domain }) } : settings.http;
  return {
    ...settings,
    http: { host: '127.0.0.1', port: 0 },
    https: undefined,
    rtmps: undefined,
    ircs: undefined,
    tls: settingsOf({}).tls,
    publicUrl: ownBaseUrl({ publicUrl: settings.publicUrl, http, secure: secure !== undefined }),
  };
}
