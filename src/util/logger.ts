/** What a log line may carry beside its text. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The logger that every part is given; only the command line decides where lines go. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const nothing = (): void => undefined;

/** Says nothing: the default of an embedded node. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
