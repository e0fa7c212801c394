import { destination, pino, stdTimeFunctions } from 'pino';
import { build as pretty } from 'pino-pretty';
import type { Logger } from '../util/logger.js';
import { formatMemberId } from '../util/member-id.js';

/** Fields that hold ids of members, one or several, or the cluster's: people meet them in hex everywhere, as etcd has it. */
const ID_FIELDS: ReadonlySet<string> = new Set([
  ...['id', 'leader', 'member', 'memberId', 'cluster', 'clusterId', 'from', 'to', 'peer'],
  // Of a configuration.
  ...['voters', 'learners', 'votersOutgoing', 'learnersNext'],
]);

function withHexIds(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, ID_FIELDS.has(name) ? inHex(value) : value]),
  );
}

function inHex(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inHex);
  return typeof value === 'number' ? formatMemberId(value) : value;
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
