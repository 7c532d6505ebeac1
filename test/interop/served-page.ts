import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from '../servers.ts';

/** Serves a page of another origin with a player library beside it, of this name and package, until `close`. */
export async function servePage(page: string, library: string): Promise<{ url: string; close(): void }> {
  const bytes = readFileSync(join(root, 'node_modules', library, 'dist', library));
  const server = createServer(({ url }, response) => {
    const script = url === `/${library}`;
    response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
    response.end(url === '/' ? page : script ? bytes : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}
