import type { TlsIdentity } from '../../io/tls/tls.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { AccountKey } from './account-key.ts';
import type { AcmeClient } from './acme-client.ts';
import type { AcmeFolder } from './acme-folder.ts';
import type { RenewalWindow } from './ca-answers.ts';
import type { Orders } from './certificate-keeper.ts';
import type { ChallengeAnswers, ChallengeType } from './challenge-answers.ts';

export interface CaOrdersOptions {
  /** The address of the CA's directory. */
  directory: URL;
  domains: readonly string[];
  email: string | undefined;
  folder: AcmeFolder;
  answers: ChallengeAnswers;
  /** Kinds of challenges that reach this server, the likeliest in front. */
  types: () => readonly ChallengeType[];
  scheduler: Scheduler;
  /** Ends whatever runs. */
  signal: AbortSignal;
}

/** Orders at one CA. What talks to it is loaded when it is first needed: most starts have their certificate already. */
export class CaOrders implements Orders {
  readonly #options: CaOrdersOptions;

  constructor(options: CaOrdersOptions) {
    this.#options = options;
  }

  /** After a failure the other kind of challenge has its turn: perhaps only one of the ports can be reached. */
  async order(attempt: number, replaces: string | undefined): Promise<TlsIdentity> {
    const { answers, types } = this.#options;
    const inTurn = attempt % 2 === 0 ? types() : types().toReversed();
    const { orderCertificate } = await import('./certificate-order.ts');
    return this.#connected((client, key) =>
      orderCertificate({
        ...this.#options,
        client,
        key,
        replaces,
        types: inTurn,
        answer: (challenge) => answers.add(challenge),
      }),
    );
  }

  renewalWindow(id: string): Promise<RenewalWindow | undefined> {
    return this.#connected((client) => client.renewalWindow(id));
  }

  async #connected<T>(use: (client: AcmeClient, key: AccountKey) => Promise<T>): Promise<T> {
    const { directory, scheduler } = this.#options;
    const [{ AcmeClient: Client }, { CaConnection }] = await Promise.all([
      import('./acme-client.ts'),
      import('./ca-connection.ts'),
    ]);
    const key = await this.#accountKey();
    const connection = new CaConnection(this.#options);
    try {
      return await use(new Client({ directory, connection, key, scheduler }), key);
    } finally {
      connection.close();
    }
  }

  /** One that is damaged is replaced: an account is made within a request. */
  async #accountKey(): Promise<AccountKey> {
    const { folder } = this.#options;
    const kept = await folder.account();
    try {
      if (kept !== undefined) return new AccountKey(kept);
    } catch {
      // What is wrong with it changes nothing.
    }
    const made = AccountKey.generate();
    await folder.keepAccount(made);
    return new AccountKey(made);
  }
}
