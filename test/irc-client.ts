import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Line, readLine } from '../src/protocols/irc/line.ts';

/** How long an answer may take; a password takes its time on a busy machine. ms */
const PATIENCE = 15_000;

/** A client of IRC that says exactly what it is told to. */
export class IrcClient {
  readonly socket: Socket;
  /** Everything that was received, each line as it came. */
  readonly seen: string[] = [];
  ended = false;
  readonly #lines: Line[] = [];
  #rest = '';
  #pings = 0;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => this.#receive(text));
    for (const event of ['close', 'end', 'error'])
      socket.on(event, () => {
        this.ended = true;
        this.#wake?.();
      });
  }

  static async open(port: number, { secure = false }: { secure?: boolean } = {}): Promise<IrcClient> {
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false };
    const socket = secure ? connectTls(options) : connectPlain(options);
    const ready = secure ? 'secureConnect' : 'connect';
    await new Promise<void>((resolve, reject) => socket.once(ready, () => resolve()).once('error', reject));
    return new IrcClient(socket);
  }

  /** Comes in with a nick, with capabilities and a password where they are given. */
  static async enter(
    port: number,
    nick: string,
    { caps = '', password, account = nick }: { caps?: string; password?: string; account?: string } = {},
  ): Promise<IrcClient> {
    const client = await IrcClient.open(port);
    if (caps !== '' || password !== undefined) {
      client.say('CAP LS 302', `NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
      const asked = password === undefined ? caps : `${caps} sasl`;
      client.say(`CAP REQ :${asked}`);
      await client.hears('CAP', ({ params }) => params[1] === 'ACK');
      if (password !== undefined) {
        client.say('AUTHENTICATE PLAIN', `AUTHENTICATE ${plain(account, password)}`);
        await client.hears('903');
      }
      client.say('CAP END');
    } else client.say(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    await client.hears('376');
    return client;
  }

  say(...lines: readonly string[]): void {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** Enters a room, and forgets what was said about it until the names are told. */
  async join(name: string): Promise<void> {
    this.say(`JOIN ${name}`);
    await this.hears('366');
  }

  /** The next line with a command that is meant; what was said before it is forgotten. */
  async hears(command: string, isMeant: (line: Line) => boolean = () => true): Promise<Line> {
    return (await this.#take(command, isMeant)).at(-1)!;
  }

  /** Everything that was said until all that was asked so far is answered. */
  async settled(): Promise<Line[]> {
    const token = `settled-${++this.#pings}`;
    this.say(`PING ${token}`);
    return (await this.#take('PONG', ({ params }) => params[1] === token)).slice(0, -1);
  }

  /** Waits until the server has closed. */
  async closed(): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    while (!this.ended) {
      if (performance.now() > deadline) throw new Error('the server did not close');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #take(command: string, isMeant: (line: Line) => boolean): Promise<Line[]> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const index = this.#lines.findIndex((line) => line.command === command && isMeant(line));
      if (index >= 0) return this.#lines.splice(0, index + 1);
      const left = deadline - performance.now();
      if (left <= 0 || this.ended) {
        const when = this.ended ? 'before the end' : 'in time';
        throw new Error(`no ${command} ${when}, but:\n${this.seen.slice(-20).join('\n')}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  #receive(text: string): void {
    const parts = (this.#rest + text).split('\r\n');
    this.#rest = parts.pop()!;
    for (const part of parts) {
      this.seen.push(part);
      const line = readLine(Buffer.from(part));
      if (line.command === 'PING') this.say(`PONG :${line.params[0]}`);
      else this.#lines.push(line);
    }
    this.#wake?.();
  }
}

/** SASL PLAIN in base64. */
export function plain(name: string, password: string): string {
  return Buffer.from(`\0${name}\0${password}`).toString('base64');
}
