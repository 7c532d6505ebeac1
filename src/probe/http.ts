import { type ErrorCode, ProtocolError, RoomcastError, toRoomcastError } from '../errors.ts';
import { type StreamDemuxer, type StreamFormat, streamFormatOf, TELLING } from '../files/stream-format.ts';
import { distrustInWords } from '../io/tls/trust.ts';
import { concatBytes } from '../media/bytes/bytes.ts';
import type { Watch } from './watch.ts';

/** An error body that is worth reading is no longer than this, in bytes. */
const MAX_WORDS = 4096;

const NOTHING = new Uint8Array(0);

/** Reads an endless FLV, MP4 or MPEG-TS over HTTP into a watch, and leaves. */
export async function watchHttp(url: string, watch: Watch): Promise<string> {
  const abort = new AbortController();
  let format: StreamFormat | undefined;
  const reading = read(url, watch, { signal: abort.signal, told: (name) => (format = name) }).then(
    () => watch.end(),
    (error: unknown) => watch.fail(inWords(url, error)),
  );
  try {
    await watch.done;
    return `http-${format!.name}`;
  } finally {
    abort.abort();
    await reading;
  }
}

interface Reading {
  signal: AbortSignal;
  /** Called once, with what it is. */
  told: (format: StreamFormat) => void;
}

async function read(url: string, watch: Watch, { signal, told }: Reading): Promise<void> {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) throw await refusal(response);
  let head: Uint8Array = NOTHING;
  let demuxer: StreamDemuxer | undefined;
  const add = (bytes: Uint8Array): void => {
    if (!demuxer) {
      const format = formatOf(bytes);
      told(format);
      demuxer = format.open();
    }
    for (const event of demuxer.push(bytes)) watch.add(event);
  };
  for await (const bytes of response.body) {
    head = concatBytes([head, bytes]);
    if (!demuxer && head.length < TELLING) continue;
    add(head);
    head = NOTHING;
  }
  if (head.length > 0) add(head);
  for (const event of demuxer?.end?.() ?? []) watch.add(event);
}

function formatOf(head: Uint8Array): StreamFormat {
  const format = streamFormatOf(head);
  if (!format) throw new ProtocolError('What comes from there is neither FLV nor MP4 nor MPEG-TS.');
  return format;
}

/** A server of ours says why in JSON. */
async function refusal(response: Response): Promise<RoomcastError> {
  const { status } = response;
  return new RoomcastError(codeOf(status), `The server answers with ${status}: ${await reasonOf(response)}`);
}

function codeOf(status: number): ErrorCode {
  if (status === 404 || status === 410) return 'not-found';
  if (status === 401 || status === 403) return 'denied';
  if (status === 408 || status === 504) return 'time-out';
  return status === 429 || status >= 500 ? 'busy' : 'bad-request';
}

async function reasonOf(response: Response): Promise<string> {
  try {
    const { error } = JSON.parse(await beginningOf(response)) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message;
  } catch {
    // It is not JSON.
  }
  return response.statusText || 'without a reason.';
}

/** As much of a body as is worth reading; it may have no end. */
async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes.subarray(0, MAX_WORDS), { stream: true });
    if (text.length >= MAX_WORDS) break;
  }
  return text;
}

/** Never names more of the URL than its host: the rest may hold a token. */
function inWords(url: string, error: unknown): RoomcastError {
  if (error instanceof RoomcastError) return error;
  const host = URL.canParse(url) ? new URL(url).host : undefined;
  if (host === undefined) return new RoomcastError('bad-request', 'The address is not a URL.');
  const { cause } = error as Error;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ProtocolError(`The host of ${host} was not found.`, 'time-out');
  if (code === 'ECONNREFUSED') return new ProtocolError(`Nothing listens at ${host}.`, 'time-out');
  const lost = `The connection to ${host} was lost: ${code ?? (error as Error).message}.`;
  if (error instanceof TypeError) return new ProtocolError(distrustInWords(cause, host) ?? lost, 'time-out');
  return toRoomcastError(error);
}
