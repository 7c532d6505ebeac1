/** The logger that is handed in: the part of pino that this code uses. */
export interface Logger {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
  child(fields: Record<string, unknown>): Logger;
}

/** Logs nothing: the default of the library. */
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
