import { expect, test } from 'vitest';
import type { Closable } from '../../../src/io/seats.ts';
import type { App } from '../../../src/plugin.ts';
import { plugins } from '../../../src/plugins.ts';
import { startServer } from '../../servers.ts';
import { scrape } from '../metrics.ts';
import { PATH } from './stage.ts';
import { protocols, refusal, suffixOf } from './viewer.ts';

/** A process that may open few files, all seats for viewers taken. */
async function startFull(): ReturnType<typeof startServer> {
  const full = {
    name: 'full',
    async start({ seats }: App) {
      Object.defineProperty(seats, 'count', { value: 100 });
      const peer = (): Closable => ({ destroy: () => undefined });
      while (!seats.full) seats.keep(peer(), 'viewer');
      return { close: async () => {} };
    },
  };
  return startServer({}, { plugins: [...plugins, full] });
}

test('a viewer for whom there is no seat is told so, on pages of other sites, too, and counted', async () => {
  const { server, http } = await startFull();
  expect((await scrape(http)).get('roomcast_refused_total{code="busy"}')).toBe(0);
  for (const protocol of protocols) {
    const answer = await refusal(server.http.port, protocol, `/${PATH}${suffixOf(protocol)}`);
    expect([answer.status, answer.error.code]).toEqual([503, 'busy']);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*', 'retry-after': '5' });
  }
  expect((await scrape(http)).get('roomcast_refused_total{code="busy"}')).toBe(protocols.length);
});
