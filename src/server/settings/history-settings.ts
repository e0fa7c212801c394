import { boolean, choice, duration, integer, text } from './kinds.js';

const YEAR_MS = 365 * 24 * 3_600_000;

/** Longest duration that a setting takes, in ms. */
export const LONGEST_MS = 10 * YEAR_MS;

/** Size of the store that raises the NOSPACE alarm, in bytes, unless a quota is set. etcd's default. */
export const DEFAULT_QUOTA_BYTES = 2 * 1024 ** 3;

/** Automatic compaction. Both modes are etcd's, with its rules. */
export type AutoCompaction =
  | { readonly mode: 'off' }
  /** Discards what was overwritten or deleted at least this long ago. */
  | { readonly mode: 'periodic'; readonly retentionMs: number }
  /** Keeps this number of revisions. */
  | { readonly mode: 'revision'; readonly retention: number };

/** Compaction, the space quota, and the comparison of members. */
export const HISTORY_SETTINGS = {
  quotaBackendBytes: integer({
    flag: 'quota-backend-bytes',
    group: 'History and alarms',
    unit: 'bytes',
    default: 0,
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    help: 'store size that raises the NOSPACE alarm: 0 for 2 GiB, negative for no quota',
  }),
  autoCompactionMode: choice({
    flag: 'auto-compaction-mode',
    group: 'History and alarms',
    placeholder: 'mode',
    default: 'periodic',
    words: ['periodic', 'revision'],
    help: '"periodic" keeps history by age, "revision" by number of revisions',
  }),
  autoCompactionRetention: text({
    flag: 'auto-compaction-retention',
    group: 'History and alarms',
    placeholder: 'retention',
    default: '0',
    help: 'history to keep: hours, a duration as in 30m, or a number of revisions; 0 keeps all',
  }),
  /** Time between two comparisons of the members' data, in ms; 0: never. */
  corruptCheckMs: duration({
    flag: 'corrupt-check-time',
    aliases: ['experimental-corrupt-check-time'],
    group: 'History and alarms',
    default: '0s',
    min: 0,
    max: LONGEST_MS,
    help: "interval at which the leader compares the members' data; 0 for never",
  }),
  initialCorruptCheck: boolean({
    flag: 'initial-corrupt-check',
    aliases: ['experimental-initial-corrupt-check'],
    group: 'History and alarms',
    default: false,
    help: "compare this member's data with the others' before it serves, and refuse to start if it differs",
  }),
};
