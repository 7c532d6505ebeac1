import { RoomcastError } from '../../errors.ts';
import type { GuardedClient, OutgoingAnswer } from '../../io/guarded-client.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { signedHeaders } from './signature.ts';

/** What is posted where. */
export interface Post {
  readonly url: string;
  /** What it is signed by. */
  readonly secrets: readonly string[];
  /** Of the event: the same each time that it is sent. */
  readonly id: string;
  readonly body: string;
  /** µs */
  readonly time?: number;
  readonly signal?: AbortSignal;
}

/** How it went. `error` is in words of ours: nothing of the other server is in it. */
export interface PostResult {
  readonly ok: boolean;
  readonly status?: number;
  readonly error?: string;
  readonly ms: number;
  /** Of an answer that says yes. */
  readonly answer?: OutgoingAnswer;
}

/** Posts something signed to another server. Rejects only when the signal ends it. */
export type SendPost = (post: Post) => Promise<PostResult>;

/** What posts through a client, signed at the time of each request. */
export function signedPost(
  client: Pick<GuardedClient, 'request'>,
  scheduler: Pick<Scheduler, 'now' | 'wall'>,
): SendPost {
  return async ({ secrets, id, body, ...post }) => {
    const start = scheduler.now();
    const ms = (): number => Math.round((scheduler.now() - start) / 1000);
    try {
      const headers = signedHeaders(secrets, { id, body, now: scheduler.wall() });
      const answer = await client.request({ method: 'POST', ...post, headers, body });
      const { status } = answer;
      if (status >= 200 && status < 300) return { ok: true, status, ms: ms(), answer };
      const error =
        status >= 300 && status < 400 ? 'It sends us elsewhere, which is not followed.' : `It answered ${status}.`;
      return { ok: false, status, error, ms: ms() };
    } catch (error) {
      if (post.signal?.aborted) throw error;
      return { ok: false, error: error instanceof RoomcastError ? error.message : 'The request failed.', ms: ms() };
    }
  };
}
