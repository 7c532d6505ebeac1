import type { Socket } from 'node:net';
import type { Scheduler } from '../live/scheduler.ts';

/**
 * FIN after what was written. A peer that keeps its side open is cut after `linger` µs, however slowly it reads: a
 * socket's own timer begins anew with every byte.
 */
export function endSocket(socket: Socket, scheduler: Scheduler, linger: number): void {
  socket.once(
    'close',
    scheduler.after(linger, () => socket.destroy()),
  );
  socket.end();
}
