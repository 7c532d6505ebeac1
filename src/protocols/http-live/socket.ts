import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { toRoomcastError } from '../../errors.ts';
import { refuseUpgrade } from '../../io/http.ts';
import { Pump } from '../../io/pump.ts';
import { SocketOutlet } from '../../io/socket-outlet.ts';
import { sayStalled } from '../../io/stalled.ts';
import { binaryFrames, closeCodes, closeSocket, PING_EVERY, socketAcceptor } from '../../io/websocket.ts';
import type { Access } from '../../live/access.ts';
import type { Subscription } from '../../live/subscription.ts';
import type { EndReason } from '../../media/frame.ts';
import type { App } from '../../plugin.ts';
import type { Format } from './formats.ts';

/** Players have nothing to say; what they send is small or wrong. */
const MAX_MESSAGE_BYTES = 1024;

/** A format and what its sessions over WebSocket are called. */
export interface SocketFormat extends Format {
  readonly protocol: string;
}

/**
 * `ws://…/PATH.flv` and its like: binary messages of whole pieces of the container, which are tags of FLV and boxes of
 * MP4. The first begins with its header.
 */
export function playOverSocket(
  app: App,
  format: SocketFormat,
): (request: IncomingMessage, socket: Duplex, head: Uint8Array, path: string) => void {
  const accept = socketAcceptor({
    maxMessageBytes: MAX_MESSAGE_BYTES,
    malformed(request, words) {
      const { address } = app.http.remoteOf(request);
      app.log.info({ protocol: format.protocol, remote: address, code: 'protocol-error' }, words);
    },
  });
  const frames = binaryFrames();
  return (request, duplex, head, path) => {
    const socket = duplex as Socket;
    let player: Player | undefined;
    const access: Access = {
      action: 'play',
      protocol: format.protocol,
      path,
      credentials: app.http.credentialsOf(request, { strict: true }),
      remote: app.http.remoteOf(request),
      close: (reason, error) => player?.close(reason, error?.message),
      traffic: () => ({ in: socket.bytesRead, out: socket.bytesWritten }),
    };
    app.hub.play(access).then(
      (subscription) => {
        // Its end may have come while the hub was asked, and is not told again.
        if (socket.destroyed) {
          subscription.leave('lost');
          return;
        }
        socket.once('close', () => subscription.leave('lost'));
        accept(request, socket, head, (ws) => {
          player = new Player({ app, ws, socket, subscription, format, frames });
        });
      },
      (error: unknown) => refuseUpgrade(socket, toRoomcastError(error)),
    );
  };
}

interface PlayerOptions {
  app: App;
  ws: WebSocket;
  socket: Socket;
  subscription: Subscription;
  format: Format;
  frames: (bytes: Uint8Array) => Uint8Array;
}

/** One viewer over WebSocket. Frames are written past the library, whose per-message work the frames need not pay. */
class Player {
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #subscription: Subscription;
  readonly #pump: Pump;
  readonly #cancelPing: () => void;
  #alive = true;
  /** Bytes written when the last ping went out. */
  #sent = 0;

  constructor({ app, ws, socket, subscription, format, frames }: PlayerOptions) {
    this.#ws = ws;
    this.#socket = socket;
    this.#subscription = subscription;
    this.#cancelPing = app.scheduler.every(PING_EVERY, () => this.#ping());
    ws.on('pong', () => (this.#alive = true));
    ws.on('close', () => this.#over('lost'));
    this.#pump = new Pump({
      outlet: new SocketOutlet(socket, app.scheduler),
      scheduler: app.scheduler,
      wrap: frames,
      join: (ready) => subscription.join(format.feed, format.muxer, ready),
      finish: (reason) => this.close(reason),
      stalled: () => {
        sayStalled(app.log, subscription.session);
        this.#over('error');
        ws.terminate();
      },
      stallMs: app.settings.limits.viewerStall * 1000,
    });
  }

  close(reason: EndReason, text = ''): void {
    this.#over(reason);
    if (reason === 'kicked' || reason === 'revoked') closeSocket(this.#ws, closeCodes.kicked, text);
    else if (reason === 'shutdown') this.#ws.close(closeCodes.restart);
    else this.#ws.close(closeCodes.normal);
  }

  /** Where media flows, a dead viewer stalls the pump; one that merely waits is found by its missing pong. */
  #ping(): void {
    const sent = this.#socket.bytesWritten;
    if (!this.#alive && sent === this.#sent) {
      this.#ws.terminate();
      return;
    }
    this.#alive = false;
    this.#ws.ping();
    this.#sent = this.#socket.bytesWritten;
  }

  #over(reason: EndReason): void {
    this.#cancelPing();
    this.#pump?.stop();
    this.#subscription.leave(reason);
  }
}
