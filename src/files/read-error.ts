import { RoomcastError } from '../errors.ts';

/** True for what the system says of a file, such as a disk that fails or a file that is gone. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** Why a file cannot be read, in words. What is in words already stays as it is. */
export function readError(path: string, error: unknown): RoomcastError {
  if (error instanceof RoomcastError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new RoomcastError('not-found', `There is no file ${path}.`, { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new RoomcastError('denied', `${path} may not be read by this user.`, { cause: error });
  }
  return new RoomcastError('bad-request', `${path} cannot be read: ${code ?? String(error)}.`, { cause: error });
}
