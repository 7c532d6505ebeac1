import type { App, Plugin, Running } from '../../plugin.ts';
import { Exposition } from './exposition.ts';
import { Totals } from './totals.ts';

/** `/metrics`, for Prometheus and its like. */
export const metrics: Plugin = {
  name: 'metrics',
  async start({ hub, http, scheduler }: App): Promise<Running> {
    const totals = new Totals(hub);
    let exposition: Promise<Exposition> | undefined;
    http.route({
      method: 'GET',
      url: '/metrics',
      access: 'operator',
      summary: 'What the server does, in numbers, in the text format of Prometheus.',
      schema: { response: { 200: { type: 'string', contentMediaType: 'text/plain' } } },
      async handle(_request, reply) {
        const known = await (exposition ??= Exposition.open({ totals, hub, scheduler }));
        void reply.type(known.contentType);
        return known.text();
      },
    });
    return {
      async close() {
        totals.close();
        (await exposition)?.close();
      },
    };
  },
};
