import { readAuth } from '../auth/auth-rows.js';
import type { AuthState } from '../auth/auth-state.js';
import type { Engine, EngineOperation } from '../../ports/engine.js';
import type { ConfState } from '../../raft/types.js';
import { defined } from '../../util/assert.js';
import type { Logger } from '../../util/logger.js';
import { readAlarms, type Alarms } from '../commands/alarms.js';
import type { Feeds } from '../feeds/feed.js';
import { readFeeds } from '../feeds/rows.js';
import { readIndexes, type IndexTable } from '../indexes/index-table.js';
import { LeaseTable } from '../leases/leases.js';
import type { MembersTable } from '../membership/member-change.js';
import {
  confStateRow,
  memberRow,
  readConfState,
  readMembers,
  readRemoved,
  type Member,
} from '../membership/members.js';
import { SessionTable } from '../sessions/session-table.js';
import { hashRecords, RecordHashes } from './record-hash.js';
import { EMPTY_META, metaRow, readMeta } from '../format/meta.js';

/** The small tables of a state, kept in memory as a whole. */
export interface Tables {
  /** Replaced as a whole when it changes, as are configuration, alarms, users and feeds. */
  members: MembersTable;
  confState: ConfState;
  alarms: Alarms;
  auth: AuthState;
  feeds: Feeds;
  readonly leases: LeaseTable;
  /** As they were read: those of the published state are in its view. */
  readonly indexes: IndexTable;
  readonly sessions: SessionTable;
  /** Of records: see record-hash.ts. */
  readonly recordHashes: RecordHashes;
}

export async function readTables(engine: Engine): Promise<Tables> {
  const members = new Map((await readMembers(engine)).map((member) => [member.id, member]));
  const removed = new Set(await readRemoved(engine));
  const { appliedIndex: index } = defined(readMeta(engine), 'the meta row');
  return {
    members: { members, removed },
    confState: defined(readConfState(engine), 'the stored configuration'),
    alarms: await readAlarms(engine),
    indexes: await readIndexes(engine),
    auth: await readAuth(engine),
    leases: await LeaseTable.read(engine),
    sessions: await SessionTable.read(engine),
    feeds: await readFeeds(engine),
    recordHashes: new RecordHashes({ index, hash: await hashRecords(engine, () => Promise.resolve()) }),
  };
}

/** Creates a store in an engine that holds none. @throws Error if it holds one of another format */
export async function makeStore(
  engine: Engine,
  { members, confState, logger }: { members: readonly Member[]; confState: ConfState; logger: Logger },
): Promise<void> {
  if (readMeta(engine) !== undefined) return;
  logger.info('creating a new store', { members: members.length });
  const rows: EngineOperation[] = members.map(memberRow);
  await engine.write([...rows, confStateRow(confState), metaRow(EMPTY_META)]);
  // The log is replayed onto these rows after a crash: a member that joined could not restore them from its flags.
  await engine.barrier();
}
