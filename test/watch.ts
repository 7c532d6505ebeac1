import { get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { FlvReader, type FlvTag } from './flv-reader.ts';

/** The longest pause between two of these times. */
export function longestGap(times: readonly number[]): number {
  return times.slice(1).reduce((longest, time, index) => Math.max(longest, time - times[index]!), 0);
}

/** A viewer that reads FLV and remembers what came when. */
export class Watcher {
  readonly flv: FlvReader = new FlvReader();
  /** How it ended: `end`, `error`, or the close code of the WebSocket. */
  ended: string | undefined;
  status: number | undefined;
  socket: Socket | undefined;
  #stop: () => void;

  constructor(url: string) {
    this.#stop = url.startsWith('ws') ? this.#overSocket(url) : this.#overHttp(url);
    onTestFinished(() => this.stop());
  }

  stop(): void {
    this.#stop();
  }

  /** Pictures so far. */
  get pictures(): FlvTag[] {
    return this.flv.media('video');
  }

  /** When each tag came, ms of the monotonic clock. */
  get arrivals(): number[] {
    return this.flv.tags.map(({ at }) => at);
  }

  /** ms since something came last. */
  get silence(): number {
    return performance.now() - (this.flv.tags.at(-1)?.at ?? 0);
  }

  #overHttp(url: string): () => void {
    const request = get(url, { agent: false }, (response: IncomingMessage) => {
      this.status = response.statusCode;
      response.on('data', (chunk: Buffer) => this.flv.push(chunk));
      response.on('end', () => (this.ended ??= 'end'));
      response.on('error', () => (this.ended ??= 'error'));
      response.on('close', () => (this.ended ??= 'close'));
    });
    request.on('socket', (socket) => (this.socket = socket));
    request.on('error', () => (this.ended ??= 'error'));
    return () => request.destroy();
  }

  #overSocket(url: string): () => void {
    const socket = new WebSocket(url);
    socket.on('upgrade', ({ statusCode }) => (this.status = statusCode));
    socket.on('message', (data: Buffer) => this.flv.push(data));
    socket.on('close', (code) => (this.ended ??= String(code)));
    socket.on('error', () => (this.ended ??= 'error'));
    return () => socket.terminate();
  }
}
