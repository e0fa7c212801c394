import { choice, duration, list, parseTexts } from './kinds.js';

/** The levels of the log, and etcd's that are higher: nothing is logged at those. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Level, format and outputs of the log. */
export const LOGGING_SETTINGS = {
  logLevel: choice({
    flag: 'log-level',
    group: 'Logging',
    placeholder: 'level',
    default: 'info',
    words: LOG_LEVELS,
    help: 'lowest level that is logged: debug, info, warn or error; dpanic, panic and fatal log nothing',
  }),
  /** `pretty` and `console` are the same. */
  logFormat: choice({
    flag: 'log-format',
    group: 'Logging',
    placeholder: 'format',
    default: 'pretty',
    words: ['json', 'pretty', 'console'],
    help: '"json" for one object a line, "pretty" (or etcd\'s "console") for text',
  }),
  /** `stderr`, `stdout`, or paths of files; default: standard error. */
  logOutputs: list({
    flag: 'log-outputs',
    group: 'Logging',
    placeholder: 'outputs',
    parse: parseTexts,
    help: 'stderr, stdout or files to append to, separated by commas (default: stderr)',
  }),
  logger: choice({
    flag: 'logger',
    group: 'Logging',
    placeholder: 'logger',
    default: 'zap',
    words: ['zap'],
    help: 'accepted as in etcd; the only value is "zap"',
  }),
  /** Time to apply a request after which a warning is logged, in ms. */
  warningApplyMs: duration({
    flag: 'warning-apply-duration',
    aliases: ['experimental-warning-apply-duration'],
    group: 'Logging',
    default: '100ms',
    min: 0,
    max: 3_600_000,
    help: 'time to apply one batch of requests after which a warning is logged; 0 for no warnings',
  }),
  /** Time of a unary call after which a warning is logged, in ms. */
  warningUnaryMs: duration({
    flag: 'warning-unary-request-duration',
    aliases: ['experimental-warning-unary-request-duration'],
    group: 'Logging',
    default: '300ms',
    min: 0,
    max: 3_600_000,
    help: 'time to answer a unary call after which a warning is logged; 0 for no warnings',
  }),
  /** Time after which a member that finds no leader is reported as started all the same, in ms. */
  readyTimeoutMs: duration({
    flag: 'wait-cluster-ready-timeout',
    aliases: ['experimental-wait-cluster-ready-timeout'],
    group: 'Logging',
    default: '5s',
    min: 1,
    max: 3_600_000,
    help: 'time after which a member without a leader is reported to systemd as started',
  }),
};
