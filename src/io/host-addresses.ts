import { Resolver } from 'node:dns/promises';

/** One question to one server of names; twice, so that a lost packet is asked again. ms */
const [ASK_MS, ASK_TIMES] = [2000, 2];

/** Finds the addresses of a name; rejects where it has none. The signal ends it. */
export type ResolveHost = (name: string, signal: AbortSignal) => Promise<string[]>;

/**
 * Asks the servers of names that the system uses, past the four threads of the process that reading files needs, too: names
 * that nobody answers for cost the others nothing. What only the system's file of hosts knows is not found.
 */
export const resolveHost: ResolveHost = async (name, signal) => {
  // The names of this machine are not asked for (RFC 6761 §6.3).
  if (name === 'localhost' || name.endsWith('.localhost')) return ['127.0.0.1', '::1'];
  const resolver = new Resolver({ timeout: ASK_MS, tries: ASK_TIMES });
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length === 0) throw (answers[0] as PromiseRejectedResult).reason;
    return found;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};
