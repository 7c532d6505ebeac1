import { once } from 'node:events';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { temporaryFolder } from '../output.ts';
import { Program, program } from '../programs.ts';

/** A command's answer, or an event, of WebDriver BiDi. */
interface Message {
  id?: number;
  type?: string;
  result?: unknown;
  error?: string;
  message?: string;
}

/** Firefox without a screen, driven by WebDriver BiDi (W3C). */
export class Firefox {
  readonly #program: Program;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #id = 0;

  private constructor(firefox: Program, socket: WebSocket) {
    this.#program = firefox;
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const { id, type, result, error, message } = JSON.parse(data.toString('utf8')) as Message;
      const waiting = id === undefined ? undefined : this.#waiting.get(id);
      if (!waiting) return;
      this.#waiting.delete(id!);
      if (type === 'success') waiting.resolve(result);
      else waiting.reject(new Error(`${error}: ${message}`));
    });
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox is gone.'));
    });
  }

  /** `limitMs`: how long it may live. */
  static async start(limitMs: number): Promise<Firefox> {
    const folder = temporaryFolder();
    const args = ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port', '0', 'about:blank'];
    const env = { ...process.env, HOME: folder, MOZ_LOG_FILE: join(folder, 'moz.log') };
    const firefox = new Program(program('firefox'), args, { limitMs, env });
    const [, address] = await firefox.says(/WebDriver BiDi listening on (ws:\/\/\S+)/, 'stderr');
    const socket = new WebSocket(`${address}/session`);
    await once(socket, 'open');
    const driver = new Firefox(firefox, socket);
    await driver.#send('session.new', { capabilities: {} });
    return driver;
  }

  /** Opens a page and runs a function of one text in it, which gives a promise of something that can be written as JSON. */
  async run<T>(page: string, script: string, argument: string): Promise<T> {
    const { contexts } = (await this.#send('browsingContext.getTree', {})) as { contexts: { context: string }[] };
    const [{ context } = { context: '' }] = contexts;
    await this.#send('browsingContext.navigate', { context, url: page, wait: 'complete' });
    const expression = `(${script})(${JSON.stringify(argument)}).then((told) => JSON.stringify(told))`;
    const told = (await this.#send('script.evaluate', {
      expression,
      target: { context },
      awaitPromise: true,
      userActivation: true,
    })) as { result?: { value: string }; exceptionDetails?: { text: string } };
    if (!told.result) throw new Error(told.exceptionDetails?.text ?? 'The page told nothing.');
    return JSON.parse(told.result.value) as T;
  }

  async close(): Promise<void> {
    this.#socket.terminate();
    await this.#program.stop();
  }

  #send(method: string, params: object): Promise<unknown> {
    const id = ++this.#id;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }
}
