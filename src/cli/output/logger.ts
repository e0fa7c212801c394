import { openSync } from 'node:fs';
import { destination, multistream, pino, stdTimeFunctions, type DestinationStream } from 'pino';
import { build as pretty } from 'pino-pretty';
import type { LogLevel } from '../../server/settings/logging-settings.js';
import type { Logger } from '../../util/logger.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { CommandError } from '../process/streams.js';

export interface LoggerOptions {
  /** The member's name, on every line. */
  readonly name: string;
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty' | 'console';
  /** `stderr`, `stdout`, or paths of files, which are appended to. */
  readonly outputs: readonly string[];
}

/**
 * The log of a server: one JSON object per line, or readable text, with ISO 8601 times.
 * @throws CommandError if a file cannot be opened
 */
export function createLogger({ name, level, format, outputs }: LoggerOptions): Logger {
  const streams = [...new Set(outputs.map(targetOf))].map((target) => ({
    level: 'debug' as const,
    stream: format === 'json' ? destinationOf(target) : readable(target),
  }));
  const settings = {
    level: level === 'dpanic' || level === 'panic' ? 'fatal' : level,
    base: { name },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const out = pino(settings, multistream(streams));
  return {
    debug: (message, fields) => out.debug(fields ?? {}, message),
    info: (message, fields) => out.info(fields ?? {}, message),
    warn: (message, fields) => out.warn(fields ?? {}, message),
    error: (message, fields) => out.error(fields ?? {}, message),
  };
}

/** A file descriptor, or the path of a file. */
type Target = 1 | 2 | string;

/** etcd's `default` and `systemd/journal` are standard error, which systemd sends to the journal. */
function targetOf(output: string): Target {
  if (output === 'stdout') return 1;
  return ['stderr', 'default', 'systemd/journal'].includes(output) ? 2 : output;
}

function destinationOf(target: Target): DestinationStream {
  if (typeof target === 'number') return destination({ dest: target, sync: true });
  return destination({ dest: openLogFile(target), sync: true });
}

/** Text for people: local time with the offset of its zone. */
function readable(target: Target): DestinationStream {
  return pretty({
    destination: typeof target === 'number' ? target : openLogFile(target),
    sync: true,
    colorize: typeof target === 'number' && (target === 1 ? process.stdout : process.stderr).isTTY,
    translateTime: "SYS:yyyy-mm-dd'T'HH:MM:ss.lp",
    singleLine: true,
  });
}

function openLogFile(path: string): number {
  try {
    return openSync(path, 'a', 0o640);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new CommandError(`--log-outputs ${path} cannot be opened: ${systemReason(error)}`, { cause: error });
  }
}
