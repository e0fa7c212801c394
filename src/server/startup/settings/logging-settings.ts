import { choice } from './kinds.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What is logged, and how. */
export const LOGGING_SETTINGS = {
  logLevel: choice({
    flag: 'log-level',
    group: 'Logging',
    placeholder: 'level',
    default: 'info',
    words: LOG_LEVELS,
    help: `lowest level that is logged: ${LOG_LEVELS.join(', ')}`,
  }),
  logFormat: choice({
    flag: 'log-format',
    group: 'Logging',
    placeholder: 'format',
    default: 'pretty',
    words: ['json', 'pretty'],
    help: '"json" or "pretty"',
  }),
};
