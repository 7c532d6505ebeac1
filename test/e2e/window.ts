import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { temporaryFolder } from '../output.ts';
import { Program, program } from '../programs.ts';

type Send = <T>(method: string, params?: object, sessionId?: string) => Promise<T>;

/**
 * A window of Chromium that can be minimised. Pages of a test framework believe for ever that they are looked at; this
 * one is told when it is not, and is given less time by the browser, as a person's is.
 */
export class BrowserWindow {
  readonly #send: Send;
  readonly #session: string;
  readonly #window: number;

  private constructor(send: Send, session: string, window: number) {
    this.#send = send;
    this.#session = session;
    this.#window = window;
  }

  static async open(url: string): Promise<BrowserWindow> {
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const args = [
      '--headless=new',
      '--mute-audio',
      '--no-first-run',
      '--disable-gpu',
      '--remote-debugging-port=0',
      `--user-data-dir=${temporaryFolder()}`,
      ...sandbox,
    ];
    const chromium = new Program(program('chromium'), [...args, 'about:blank'], { limitMs: 120_000 });
    onTestFinished(async () => void (await chromium.stop()));
    const [, address] = await chromium.says(/DevTools listening on (\S+)/, 'stderr');
    const send = await connect(address!);
    const { targetInfos } = await send<{ targetInfos: { type: string; targetId: string }[] }>('Target.getTargets');
    const { targetId } = targetInfos.find(({ type }) => type === 'page')!;
    const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
    const { windowId } = await send<{ windowId: number }>('Browser.getWindowForTarget', { targetId });
    await send('Page.navigate', { url }, sessionId);
    return new BrowserWindow(send, sessionId, windowId);
  }

  /** The value of an expression in the page. */
  async look<T>(expression: string): Promise<T> {
    const params = { expression, returnByValue: true, awaitPromise: true };
    const { result } = await this.#send<{ result: { value: T } }>('Runtime.evaluate', params, this.#session);
    return result.value;
  }

  async turn(windowState: 'minimized' | 'normal'): Promise<void> {
    await this.#send('Browser.setWindowBounds', { windowId: this.#window, bounds: { windowState } });
  }
}

/** The browser's own protocol: numbered questions and their answers. */
async function connect(address: string): Promise<Send> {
  const socket = new WebSocket(address);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  let last = 0;
  const waiting = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>();
  socket.on('message', (data: Buffer) => {
    const answer = JSON.parse(data.toString());
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result as never)));
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
}
