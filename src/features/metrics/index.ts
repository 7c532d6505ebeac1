import { Busy } from '../../errors.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { Exposition } from './exposition.ts';
import { Totals } from './totals.ts';

/** `/metrics`, for Prometheus and its like. */
export const metrics: Plugin = {
  name: 'metrics',
  async start({ hub, http, scheduler, seats, services }: App): Promise<Running> {
    const totals = new Totals(hub, seats);
    let exposition: Promise<Exposition> | undefined;
    let closed = false;
    const open = (): Promise<Exposition> => {
      exposition ??= Exposition.open({ totals, hub, scheduler, players: () => services.presence?.players }).catch(
        (error: unknown) => {
          exposition = undefined;
          throw error;
        },
      );
      return exposition;
    };
    http.route({
      method: 'GET',
      url: '/metrics',
      access: 'operator',
      summary: 'What the server does, in numbers, in the text format of Prometheus.',
      schema: { response: { 200: { type: 'string', contentMediaType: 'text/plain' } } },
      async handle(_request, reply) {
        // A request that came before the end may ask after it.
        if (closed) throw new Busy(undefined, undefined, 'shutting-down');
        const known = await open();
        void reply.type(known.contentType);
        return known.text();
      },
    });
    return {
      async close() {
        closed = true;
        totals.close();
        (await exposition?.catch(() => undefined))?.close();
      },
    };
  },
};
