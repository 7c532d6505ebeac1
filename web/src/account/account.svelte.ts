import { ApiError, type Client, type Me, type User } from '../../../src/client/index.ts';

/** What of the account’s dialog is open. */
export type AccountView = 'sign-in' | 'sign-up' | 'me' | 'reset';

/** Who uses the page. */
export class AccountStore {
  /** Undefined until the server has said it. */
  me: Me | undefined = $state.raw();
  /** The dialog that is open. */
  view: AccountView | undefined = $state.raw();
  /** Is told whether it was proven once more who asks; undefined while nobody has to. */
  confirming: ((proven: boolean) => void) | undefined = $state.raw();
  #proving: Promise<boolean> | undefined;
  /** Of a link with which the account gets another password. */
  resetToken: string | undefined;
  readonly #client: Client;
  readonly #listeners = new Set<(byAccount: boolean) => void>();
  #loads = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  get user(): User | null | undefined {
    return this.me?.user;
  }

  /** Somebody with an account, also one who has not chosen a name. */
  get signedIn(): boolean {
    return this.user?.kind === 'account';
  }

  async load(): Promise<void> {
    const load = ++this.#loads;
    try {
      const me = await this.#client.me();
      // Who one is may have changed since it was asked.
      if (load === this.#loads) this.me = me;
    } catch {
      // What the page can do without knowing it stays; the room says when the server is gone.
    }
  }

  /** Told when somebody becomes somebody else, and whether by an account, until the returned function is called. */
  onChange(listener: (byAccount: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async signIn(name: string, password: string): Promise<void> {
    this.#is(await this.#client.signIn(name, password));
  }

  async signUp(name: string, password: string): Promise<void> {
    this.#is(await this.#client.signUp({ name, password }));
  }

  async reset(password: string): Promise<void> {
    this.#is(await this.#client.reset(this.resetToken ?? '', password));
    this.resetToken = undefined;
  }

  async change(change: { name?: string; password?: string; currentPassword?: string }): Promise<void> {
    this.#is(await this.#client.changeMe(change));
  }

  /** Gives a guest a name, by which this browser is known from now on. */
  async nameGuest(name: string): Promise<void> {
    this.#is(await this.#client.nameGuest(name));
  }

  /** Does something. Where the server wants to know once more who asks, they are asked, and it is done again. */
  async sure<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'confirm') throw error;
      this.#proving ??= new Promise((resolve) => (this.confirming = resolve));
      const proven = await this.#proving;
      this.confirming = this.#proving = undefined;
      if (!proven) throw error;
      return act();
    }
  }

  async signOut(): Promise<void> {
    await this.#client.signOut();
    this.#is(null);
  }

  #is(user: User | null): void {
    this.#loads++;
    const before = this.user;
    this.me = { signUp: this.me?.signUp ?? 'off', user };
    this.view = undefined;
    const byAccount = before?.id !== user?.id && [before, user].some((one) => one?.kind === 'account');
    for (const listener of this.#listeners) listener(byAccount);
  }
}
