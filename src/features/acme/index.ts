import type { App, Plugin, Running } from '../../plugin.ts';

/** Certificates from a CA that speaks ACME (RFC 8555), and the plain port 80 that goes with them. */
export const acme: Plugin = {
  name: 'acme',
  async start(app: App): Promise<Running> {
    const { settings, tls } = app;
    if (!tls || settings.tls.acme.domains.length === 0) return { async close() {} };
    const { startAcme } = await import('./start.ts');
    return startAcme(app, tls);
  },
};
