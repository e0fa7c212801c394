import { CACHES, CACHES_TESTED } from './caches.js';
import { CERTIFICATES } from './certificates.js';
import { CONSENSUS } from './consensus.js';
import { ENGINE_LOG } from './engine-log.js';
import { FEEDS } from './feeds.js';
import { HOST } from './host.js';
import { INDEXES, INDEXES_TESTED } from './indexes.js';
import { LEASES } from './leases.js';
import { LOOKUPS } from './lookups.js';
import { MEMBERSHIP } from './membership.js';
import { MEMORY, MEMORY_TESTED } from './memory.js';
import type { Mutation, TestedBug } from './mutation.js';
import { PACKETS } from './packets.js';
import { PERMISSIONS } from './permissions.js';
import { READS, READS_TESTED } from './reads.js';
import { SESSIONS, SESSIONS_TESTED } from './sessions.js';
import { STORAGE, STORAGE_TESTED } from './storage.js';
import { TABLES, TABLES_TESTED } from './tables.js';
import { USERS } from './users.js';
import { WATCHES } from './watches.js';

/** Bugs that the simulator must find. */
export const SIMULATED: readonly Mutation[] = [
  ...CONSENSUS,
  ...READS,
  ...LEASES,
  ...SESSIONS,
  ...MEMBERSHIP,
  ...STORAGE,
  ...TABLES,
  ...MEMORY,
  ...WATCHES,
  ...CACHES,
  ...INDEXES,
  ...USERS,
];

/** Bugs that tests must find. */
export const TESTED: readonly TestedBug[] = [
  ...ENGINE_LOG,
  ...HOST,
  ...INDEXES_TESTED,
  ...READS_TESTED,
  ...LOOKUPS,
  ...FEEDS,
  ...PACKETS,
  ...TABLES_TESTED,
  ...STORAGE_TESTED,
  ...MEMORY_TESTED,
  ...PERMISSIONS,
  ...SESSIONS_TESTED,
  ...CACHES_TESTED,
  ...CERTIFICATES,
];
