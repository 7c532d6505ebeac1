/** A program: many requests for a list that is not there yet, each on a connection and from a player of its own. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstVariant, readMediaList, resolveUri } from './hls-list.ts';
import { KeepAlive } from './keep-alive.ts';
import { clock } from './stamp.ts';

export interface HlsHeldOptions {
  port: number;
  /** That of the multivariant playlist; undefined for a server that holds whatever it is asked. */
  address: string | undefined;
  count: number;
  /** New requests a second. */
  rate: number;
}

/**
 * `hold`: asks all, answers when all requests were sent. `answered`: waits for the answers and says how they were;
 * `leave`: has all connections closed.
 */
export interface HlsHeldRequest {
  ask: 'hold' | 'answered' | 'leave';
}

export interface HlsHeldAnswers {
  answered: number;
  /** Those of another status than 200, and connections that ended. */
  refused: number;
  /** ms from the first answer to the last. */
  spread: number;
}

/** A list with a segment that is so far ahead may be waited for. */
const AHEAD = 2;
const PATIENCE_MS = 45_000;
const BURST = 20;

const options = JSON.parse(process.argv[2]!) as HlsHeldOptions;
let sockets: Socket[] = [];
let times: number[] = [];
let refused = 0;

process.on('disconnect', () => process.exit());
process.on('message', ({ ask }: HlsHeldRequest) => {
  const done = ask === 'hold' ? hold() : ask === 'answered' ? answers() : leave();
  void done.then((said) => process.send!(said));
});
process.send!({ ready: true });

async function hold(): Promise<{ asked: number }> {
  const path = options.address === undefined ? '/' : await listThatComes(options.address);
  [sockets, times, refused] = [[], [], 0];
  let up = 0;
  for (let index = 0; index < options.count; index++) {
    sockets.push(ask(path, index, () => up++));
    if (index % BURST === BURST - 1) await sleep((BURST * 1000) / options.rate);
  }
  while (up + refused < options.count) await sleep(20);
  return { asked: up };
}

/** Right after a segment is complete, the list that will have the next but one: that takes longest. */
async function listThatComes(address: string): Promise<string> {
  const leader = new KeepAlive(options.port);
  const headers = ['User-Agent: roomcast-bench/leader'];
  const get = async (path: string): Promise<string> => {
    const answer = await leader.get(path, { headers, keep: true });
    if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}.`);
    return answer.body.toString();
  };
  const list = resolveUri(firstVariant(await get(address)), address);
  const { next } = readMediaList(await get(list));
  const last = readMediaList(await get(`${list}?_HLS_msn=${next.sequence}`)).segments.at(-1)!;
  leader.close();
  return `${list}?_HLS_msn=${last.sequence + AHEAD}`;
}

function ask(path: string, index: number, sent: () => void): Socket {
  const socket = connect({ port: options.port, host: '127.0.0.1' });
  const agent = `User-Agent: roomcast-bench/${index}`;
  let over = false;
  const end = (isAnswer: boolean): void => {
    if (over) return;
    over = true;
    if (isAnswer) times.push(clock());
    else refused++;
  };
  socket.on('error', () => {});
  socket.on('close', () => end(false));
  socket.on('data', (bytes: Buffer) => end(bytes.toString('latin1', 0, 12) === 'HTTP/1.1 200'));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${agent}\r\nAccept-Encoding: gzip\r\n\r\n`, sent);
  return socket;
}

async function answers(): Promise<HlsHeldAnswers> {
  const until = performance.now() + PATIENCE_MS;
  while (times.length + refused < options.count && performance.now() < until) await sleep(20);
  return { answered: times.length, refused, spread: spreadOf(times) };
}

async function leave(): Promise<{ left: number }> {
  for (const socket of sockets) socket.destroy();
  return { left: sockets.length };
}

function spreadOf(moments: readonly number[]): number {
  const [first = 0, last = 0] = [moments[0], moments.at(-1)];
  return (last - first) / 1000;
}
