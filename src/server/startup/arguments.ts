import type { Logger } from '../../util/logger.js';
import type { ServerConfig } from '../settings/config.js';
import { resolveConfig } from '../settings/config.js';
import { ConfigError } from '../settings/urls.js';

// Checks for callers without types.

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** @throws ConfigError unless the value has the form of the result of resolveConfig() */
export function checkConfig(config: ServerConfig): void {
  const given: unknown = config;
  const advice = 'startMember needs the result of resolveConfig, as in startMember(resolveConfig({ dataDir }))';
  if (typeof given !== 'object' || given === null) throw new ConfigError(`${advice}, not ${typeName(given)}`);
  const values = new Map<string, unknown>(Object.entries(given));
  for (const [name, standard] of Object.entries(resolveConfig({}))) {
    const value = values.get(name);
    // A value without a default may be of another type.
    if (standard === undefined || typeName(value) === typeName(standard)) continue;
    throw new ConfigError(`${advice}: ${name} is ${typeName(value)}`);
  }
}

/** @throws ConfigError unless the value has a method for each level */
export function checkLogger(logger: Logger): void {
  const given: unknown = logger;
  const methods: Partial<Logger> = typeof given === 'object' && given !== null ? given : {};
  for (const level of LEVELS) {
    if (typeof methods[level] !== 'function') throw new ConfigError(`startMember: the logger has no method ${level}`);
  }
}

function typeName(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
