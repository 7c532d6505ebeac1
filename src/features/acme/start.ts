import { RoomcastError } from '../../errors.ts';
import { ListenError } from '../../io/listen.ts';
import type { Route } from '../../io/routes.ts';
import type { Tls } from '../../io/tls/tls.ts';
import type { App, Running } from '../../plugin.ts';
import { AcmeFolder } from './acme-folder.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import { CHALLENGE_PATH, ChallengeAnswers, type ChallengeType } from './challenge-answers.ts';
import { ChallengeServer } from './challenge-server.ts';
import { CaOrders } from './orders.ts';
import { portAdvice } from './port-advice.ts';

/** Most names that Let's Encrypt puts into one certificate. */
const MAX_DOMAINS = 100;

/** Takes the stored certificate into use, opens port 80, and asks the CA for what is missing once everything listens. */
export async function startAcme(app: App, tls: Tls): Promise<Running> {
  const { settings, http, store, scheduler, log } = app;
  const wanted = settings.tls.acme;
  const domains = domainsOf(wanted.domains);
  const directory = new URL(wanted.directory);
  const answers = new ChallengeAnswers({ tls, wall: () => scheduler.wall() });
  const folder = new AcmeFolder(store.folder, directory);
  const stop = new AbortController();
  /** Where https is listened on, once it is. */
  let securePort = 443;
  http.route(challengeRoute(answers));
  const plain = new ChallengeServer({ app, answers, domains, securePort: () => securePort });
  let isPlainOpen = false;
  // Port 443 is the one that visitors have to reach anyway.
  const types = (): readonly ChallengeType[] => (isPlainOpen ? ['tls-alpn-01', 'http-01'] : ['tls-alpn-01']);
  const { email } = wanted;
  const { signal } = stop;
  const orders = new CaOrders({ directory, domains, email, folder, answers, types, scheduler, signal });
  const use = tls.use.bind(tls);
  const keeper = new CertificateKeeper({ domains, folder, orders, use, scheduler, log, random: Math.random });
  await keeper.load();
  isPlainOpen = await open(plain, app);
  return {
    listening({ https }) {
      if (https) securePort = https.port;
      keeper.begin();
    },
    async close() {
      stop.abort();
      await Promise.all([keeper.close(), plain.close()]);
    },
  };
}

/** As DNS has them, each once. */
function domainsOf(given: readonly string[]): string[] {
  const domains = [...new Set(given.map((domain) => domain.toLowerCase()))];
  if (domains.length <= MAX_DOMAINS) return domains;
  throw new RoomcastError('bad-config', `“tls.acme.domains” has more than ${MAX_DOMAINS} names.`);
}

/** The same answers as on port 80, for those who have it forwarded to the port of the pages. */
function challengeRoute(answers: ChallengeAnswers): Route {
  return {
    method: 'GET',
    url: `${CHALLENGE_PATH}:token`,
    access: 'anyone',
    summary: 'Answers a CA that is asked for a certificate (RFC 8555 §8.3).',
    handle(request, reply) {
      const answer = answers.at(request.url.split('?', 1)[0] ?? '');
      void reply.type('text/plain; charset=utf-8').code(answer === undefined ? 404 : 200);
      return answer ?? 'There is no such challenge now.\n';
    },
  };
}

/** False where the port cannot be had: certificates and pages may do without. */
async function open(server: ChallengeServer, { settings, log }: App): Promise<boolean> {
  const { http } = settings.tls.acme;
  // The pages are on this port, and their listener answers.
  if (http.port !== 0 && http.port === settings.http.port) return true;
  try {
    await server.listen();
    return true;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    log.warn({ code: error.code, port: error.port }, portAdvice(error, 'tls.acme.http'));
    return false;
  }
}
