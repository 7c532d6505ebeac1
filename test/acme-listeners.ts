import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createListener, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { ChallengeAnswers } from '../src/features/acme/challenge-answers.ts';
import { Tls } from '../src/io/tls/tls.ts';
import type { Scheduler } from '../src/live/scheduler.ts';
import type { Authority } from './acme-authority.ts';

/** The least that a CA can ask: plain HTTP and TLS on loopback, with one set of answers, until the test is over. */
export async function startListeners(
  authority: Authority,
  scheduler: Scheduler,
): Promise<{ answers: ChallengeAnswers; httpPort: number; tlsPort: number }> {
  const tls = new Tls({ identity: await authority.identity(['127.0.0.1']), scheduler });
  // The clock of the CA in these tests is the real one.
  const answers = new ChallengeAnswers({ tls, wall: () => Date.now() });
  const plain = createServer((request, response) => {
    const answer = answers.at(request.url ?? '');
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  const handshakes = tls.server(['http/1.1']);
  const sockets = new Set<Socket>();
  const secure = createListener((socket) => {
    sockets.add(socket);
    handshakes.emit('connection', socket);
  });
  handshakes.on('tlsClientError', () => {});
  for (const server of [plain, secure]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
  }
  onTestFinished(() => tls.close());
  const [httpPort, tlsPort] = [plain, secure].map((server) => (server.address() as AddressInfo).port);
  return { answers, httpPort: httpPort!, tlsPort: tlsPort! };
}
