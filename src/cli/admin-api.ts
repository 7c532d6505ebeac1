import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorCodes, NotFound, RoomcastError, type ErrorCode } from '../errors.ts';
import { ADMIN_FILE, type AdminFile } from '../features/accounts/admin-file.ts';
import { FolderLock } from '../store/folder-lock.ts';
import { SECRET_FILE } from '../store/seal.ts';
import { DATABASE_FILE } from '../store/store.ts';

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

  /**
   * Undefined when no server runs on the folder. Throws `not-found` where none ever did, and `busy` when one is there
   * that cannot be asked yet, or any more.
   */
  static async find(folder: string): Promise<AdminApi | undefined> {
    if (![SECRET_FILE, DATABASE_FILE].some((file) => existsSync(join(resolve(folder), file))))
      throw new NotFound(
        `There is no roomcast data in ${folder}; name the folder with --data, or start the server there first.`,
      );
    return FolderLock.isTaken(folder) ? AdminApi.at(folder) : undefined;
  }

  /** That of a server which has said where it is. Throws `busy`. */
  static async at(folder: string): Promise<AdminApi> {
    try {
      return new AdminApi(JSON.parse(await readFile(join(resolve(folder), ADMIN_FILE), 'utf8')) as AdminFile);
    } catch (cause) {
      const message = `The server on ${folder} is starting or stopping. Try again in a moment.`;
      throw new RoomcastError('busy', message, { cause });
    }
  }

  /** Calls `/api/v1/PATH` with JSON or the bytes of a file. Throws the server's error with its own code. */
  async call<Answer>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<Answer> {
    const isBytes = body instanceof Uint8Array;
    const type = isBytes ? 'application/octet-stream' : 'application/json';
    const response = await fetch(`${this.#url}/api/v1/${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#token}`, ...(body ? { 'Content-Type': type } : {}) },
      ...(body ? { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch((error: unknown) => {
      throw new RoomcastError('busy', `The server at ${this.#url} does not answer.`, { cause: error });
    });
    const answer: unknown = response.status === 204 ? undefined : await response.json();
    if (response.ok) return answer as Answer;
    const { code, message } = (answer as { error?: { code?: string; message?: string } }).error ?? {};
    throw new RoomcastError(
      code !== undefined && Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'bad-request',
      message,
    );
  }
}
