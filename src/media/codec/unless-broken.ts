import { ProtocolError } from '../../errors.ts';

/** What `read` gives; undefined where it throws `ProtocolError`, because the bytes end too soon or break the rules. */
export function unlessBroken<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
