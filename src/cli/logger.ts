import { destination, pino, stdTimeFunctions } from 'pino';
import { build as pretty } from 'pino-pretty';
import type { Logger } from '../util/logger.js';

/** The log of a server, on standard error: one JSON object a line, or lines for people. */
export function createLogger(options: { level: string; format: 'json' | 'pretty' }): Logger {
  const settings = { level: options.level, base: null, timestamp: stdTimeFunctions.isoTime };
  const out =
    options.format === 'json'
      ? pino(settings, destination(2))
      : pino(
          settings,
          pretty({
            destination: 2,
            sync: true,
            colorize: process.stderr.isTTY,
            translateTime: 'SYS:HH:MM:ss.l',
            singleLine: true,
          }),
        );
  return {
    debug: (message, fields) => out.debug(fields ?? {}, message),
    info: (message, fields) => out.info(fields ?? {}, message),
    warn: (message, fields) => out.warn(fields ?? {}, message),
    error: (message, fields) => out.error(fields ?? {}, message),
  };
}
