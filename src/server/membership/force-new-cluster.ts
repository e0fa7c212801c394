import { encodeCommand } from '../../kv/commands/command.js';
import { readMeta } from '../../kv/format/meta.js';
import {
  changedTable,
  checkMemberChange,
  commandOf,
  encodeMemberChange,
  stepOf,
  type MemberChange,
  type MembersTable,
} from '../../kv/membership/member-change.js';
import { readConfState, readMembers, readRemoved } from '../../kv/membership/members.js';
import type { Engine } from '../../ports/engine.js';
import type { LogStore } from '../../ports/log.js';
import { decodeConfChange, encodeConfChange } from '../../raft/conf-change/codec.js';
import type { Entry } from '../../raft/types.js';
import { defined } from '../../util/assert.js';
import { formatMemberId } from '../../util/member-id.js';
import type { Logger } from '../../util/logger.js';
import { ConfigError } from '../settings/urls.js';

export interface ForceOptions {
  readonly log: LogStore;
  readonly engine: Engine;
  readonly memberId: number;
  /** A random number that distinguishes the commands of this start from those of others. */
  readonly boot: number;
  readonly logger: Logger;
}

/** Entries that are read at a time, in bytes. */
const PAGE_BYTES = 4 * 1024 * 1024;

/**
 * Makes a cluster of this member alone, as etcd's --force-new-cluster does. After the last entry that is known to be
 * committed, the log gets committed entries that promote this member, if it is a learner, and remove all others. Later
 * entries are discarded, although the others may have committed them. Must be called before the node starts. A member
 * that is alone already is left unchanged.
 * @throws ConfigError if the data does not allow it
 */
export async function forceNewCluster({ log, engine, memberId, boot, logger }: ForceOptions): Promise<void> {
  const applied = readMeta(engine)?.appliedIndex;
  if (applied === undefined) throw new ConfigError('--force-new-cluster: the data directory holds no store yet');
  const { term, commit: known } = log.hardState();
  const commit = Math.min(Math.max(known, applied), log.lastIndex());
  if ((readConfState(engine)?.votersOutgoing.length ?? 0) > 0) {
    throw new ConfigError('--force-new-cluster: the members were changing in a way that only a leader can complete');
  }
  const table = tableAt(await storedTable(engine), log, { after: applied, upTo: commit });
  const own = table.members.get(memberId);
  if (own === undefined) {
    throw new ConfigError(
      `--force-new-cluster: member ${formatMemberId(memberId)} is not a member according to its data: ` +
        'restore a snapshot instead, with raftkv snapshot restore',
    );
  }
  const others = [...table.members.keys()].filter((id) => id !== memberId);
  const changes: MemberChange[] = [
    ...(own.isLearner ? [{ kind: 'memberPromote' as const, id: memberId }] : []),
    ...others.map((id) => ({ kind: 'memberRemove' as const, id })),
  ];
  if (changes.length === 0) return;
  // A term of its own: no other member has an entry at the same place of the log in this term.
  const next = term + 1;
  const entries = changes.map((change, at): Entry => {
    const origin = { member: memberId, boot, sequence: at + 1 };
    const context = encodeCommand({ origin, kind: change.kind, request: encodeMemberChange(change) });
    const data = encodeConfChange({ transition: 'auto', steps: [stepOf(change)], context });
    return { term: next, index: commit + 1 + at, type: 'conf-change-v2', data };
  });
  const last = defined(entries.at(-1), 'the last change').index;
  const discarded = log.lastIndex() - commit;
  await log.append({ entries, hardState: { term: next, vote: memberId, commit: last }, mustSync: true });
  logger.warn('made a cluster of this member alone', { removed: others.map(formatMemberId).join(', '), discarded });
}

async function storedTable(engine: Engine): Promise<MembersTable> {
  const members = new Map((await readMembers(engine)).map((member) => [member.id, member]));
  return { members, removed: new Set(await readRemoved(engine)) };
}

/** The table of members after the committed entries that are not applied yet. */
function tableAt(
  stored: MembersTable,
  log: LogStore,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): MembersTable {
  let table = stored;
  for (let next = after + 1; next <= upTo;) {
    const page = log.entries(next, upTo + 1, PAGE_BYTES);
    if (typeof page === 'string' || page.length === 0) {
      throw new ConfigError(`--force-new-cluster: the log does not hold entry ${next}, which is committed`);
    }
    for (const entry of page) {
      const change = entry.type === 'normal' ? undefined : commandOf(decodeConfChange(entry.data))?.change;
      if (change === undefined || checkMemberChange(table, change) !== undefined) continue;
      table = changedTable(table, change, entry.index);
    }
    next += page.length;
  }
  return table;
}
