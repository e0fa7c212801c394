import { destination, pino, stdTimeFunctions } from 'pino';
import { build as pretty } from 'pino-pretty';
import type { Logger } from '../util/logger.js';

/** Fields that hold the id of a member or of the cluster; everywhere else people meet them in hex, as etcd prints them. */
const ID_FIELDS = ['id', 'leader', 'member', 'cluster', 'from', 'to'] as const;

function withHexIds(fields: Record<string, unknown>): Record<string, unknown> {
  const shown = { ...fields };
  for (const field of ID_FIELDS) {
    const value = shown[field];
    if (typeof value === 'number') shown[field] = value.toString(16);
  }
  return shown;
}

/** The log of a server, on standard error: one JSON object a line, or lines for people. */
export function createLogger(options: { level: string; format: 'json' | 'pretty' }): Logger {
  const settings = {
    level: options.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { log: withHexIds },
  };
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
