import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorCodes, RoomcastError, type ErrorCode } from '../errors.ts';
import { ADMIN_FILE, type AdminFile } from '../features/owner/index.ts';

/** A server on the same machine answers at once; one that hangs must not hang the command. */
const ANSWER_MS = 10_000;

/** The API of the server that runs on a data folder, with the token that it left there for this user. */
export class AdminApi {
  readonly #url: string;
  readonly #token: string;

  private constructor({ url, token }: AdminFile) {
    this.#url = url;
    this.#token = token;
  }

  /** Undefined when no server runs on the folder. */
  static async find(folder: string): Promise<AdminApi | undefined> {
    const text = await readFile(join(resolve(folder), ADMIN_FILE), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const file = JSON.parse(text) as AdminFile;
    return isRunning(file.pid) ? new AdminApi(file) : undefined;
  }

  /** Calls `/api/v1/PATH`. Throws the server's error with its own code. */
  async call<Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.#url}/api/v1/${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch((error: unknown) => {
      throw new RoomcastError('busy', `The server at ${this.#url} does not answer.`, { cause: error });
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer as Answer;
    const { code, message } = (answer as { error?: { code?: string; message?: string } }).error ?? {};
    throw new RoomcastError(
      code !== undefined && Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'bad-request',
      message,
    );
  }
}

/** A server that was killed leaves its file behind. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
