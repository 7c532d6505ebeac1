import { X509Certificate } from 'node:crypto';
import { settingRows } from '../../config/print.ts';
import type { Route } from '../../io/http.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { App } from '../../plugin.ts';
import type { LoopDelay } from './loop-delay.ts';
import { configSchema, serverSchema } from './schemas.ts';

/** What is known of the process. */
export interface ServerFacts {
  version: string;
  /** Wall time in ms. */
  startedAt: number;
  loop: LoopDelay;
}

/** The rows of the API that are about the process and how it was set up. */
export function serverRoutes({ hub, origins, services, settings, tls }: App, facts: ServerFacts): Route[] {
  /** The certificate that is shown to those who come over TLS. */
  const certificate = (): object | undefined => {
    if (!tls) return undefined;
    const { subjectAltName = '', subject, issuer, validToDate } = new X509Certificate(tls.identity.cert);
    const names =
      subjectAltName === '' ? [subject] : subjectAltName.split(', ').map((name) => name.replace(/^.*?:/, ''));
    return { names, issuer, until: validToDate.toISOString() };
  };

  return [
    {
      method: 'GET',
      url: '/api/v1/server',
      access: 'admin',
      summary: 'Version, age and load of the server.',
      schema: { response: { 200: serverSchema } },
      handle() {
        const sessions = { publish: 0, play: 0 };
        for (const { action } of hub.sessions.values()) sessions[action]++;
        const streams = [...hub.streams()].filter((stream) => stream.active).length;
        const { version, startedAt, loop } = facts;
        const loopDelay = loop.read();
        const shown = certificate();
        return {
          version,
          node: process.versions.node,
          startedAt: isoTime(startedAt),
          claimed: services.accounts.claimed,
          sessions,
          streams,
          memory: process.memoryUsage.rss(),
          ...(loopDelay ? { loopDelay } : {}),
          ...(shown ? { certificate: shown } : {}),
        };
      },
    },
    {
      method: 'GET',
      url: '/api/v1/server/config',
      access: 'admin',
      scope: 'manage',
      summary:
        'Every option with its value and where that comes from, as “roomcast config --json” has it: never a secret.',
      schema: { response: { 200: configSchema } },
      handle: () => ({
        options: settingRows({ settings, origins }).map(([name, row]) => ({ name, ...row })),
      }),
    },
  ];
}
