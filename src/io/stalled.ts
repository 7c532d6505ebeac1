import { RoomcastError } from '../errors.ts';
import type { Session } from '../live/session.ts';
import type { Logger } from '../log.ts';

/** Says that a viewer is closed because it took no bytes for too long. */
export function sayStalled(log: Logger, session: Session): void {
  const { protocol, path, access } = session;
  const { code, message } = new RoomcastError('stalled');
  log.info({ protocol, remote: access.remote.address, path, code }, message);
}
