/** Values of a log line beside its text. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The logger that is passed to every part; the command line alone decides where lines go. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const nothing = (): void => undefined;

/** Discards all lines: the default of an embedded member. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
