import { readOwner, writeOwner } from '../../kv/format/owner.js';
import { readMeta } from '../../kv/format/meta.js';
import type { Engine } from '../../ports/engine.js';
import type { LogIdentity, LogStore } from '../../ports/log.js';
import { formatMemberId } from '../../util/member-id.js';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';

/**
 * Log and store of a member do not belong together, or one of them is lost: the member may have voted or acknowledged
 * writes that it no longer knows of. The message is one line that ends with advice.
 */
export class DataMismatchError extends Error {
  override readonly name = 'DataMismatchError';
  readonly code = 'data-mismatch';

  constructor(what: string) {
    super(`${what}: ${REBUILD_ADVICE}`);
  }
}

/** What a data directory holds before anything in it is opened. */
export interface Remains {
  /** A segment of the log. */
  readonly log: boolean;
  /** `unnamed`: generations of the engine, and no pointer that names one. */
  readonly engine: 'missing' | 'unnamed' | 'present';
  /** The member has taken part in its cluster: its first start was completed. */
  readonly started: boolean;
}

/**
 * Checks that no part of a member's data is lost. The log is created before the engine, and `started` is recorded after
 * both: so whatever a first start leaves behind when it is killed passes.
 * @param path the data directory, for the message
 * @throws DataMismatchError
 */
export function checkRemains({ log, engine, started }: Remains, path: string): void {
  if (!log && engine !== 'missing') throw new DataMismatchError(`${path} holds a store, but its log is missing`);
  if (!log && started) throw new DataMismatchError(`${path} belongs to a member whose log and store are missing`);
  if (engine === 'unnamed' && started) {
    throw new DataMismatchError(`${path} holds a store, but engine/CURRENT, which names its generation, is missing`);
  }
}

/**
 * Checks that log and engine hold one history without a gap, and belong to one member. Runs after a snapshot that was
 * being installed is settled. Records the owner in an engine that has none.
 * @throws DataMismatchError
 */
export async function checkHistory({
  log,
  engine,
  identity,
}: {
  readonly log: Pick<LogStore, 'firstIndex' | 'lastIndex' | 'term'>;
  readonly engine: Engine;
  readonly identity: LogIdentity;
}): Promise<void> {
  const owner = readOwner(engine);
  if (owner !== undefined && (owner.clusterId !== identity.clusterId || owner.memberId !== identity.memberId)) {
    throw new DataMismatchError(`the store belongs to ${nameOf(owner)}, but the log to ${nameOf(identity)}`);
  }
  const meta = readMeta(engine);
  const [first, last] = [log.firstIndex(), log.lastIndex()];
  if (meta === undefined) {
    if (first > 1) throw new DataMismatchError(`the log begins at entry ${first}, but the store before it is missing`);
  } else {
    const { appliedIndex, appliedTerm } = meta;
    if (first > appliedIndex + 1) {
      throw new DataMismatchError(`the store ends at entry ${appliedIndex}, but the log begins at ${first}`);
    }
    if (last < appliedIndex) {
      throw new DataMismatchError(`the log ends at entry ${last}, but the store holds entries up to ${appliedIndex}`);
    }
    const term = log.term(appliedIndex);
    if (typeof term === 'number' && term !== appliedTerm) {
      throw new DataMismatchError(`entry ${appliedIndex} has term ${term} in the log, but ${appliedTerm} in the store`);
    }
  }
  if (owner === undefined) await writeOwner(engine, identity);
}

function nameOf({ memberId, clusterId }: LogIdentity): string {
  return `member ${formatMemberId(memberId)} of cluster ${formatMemberId(clusterId)}`;
}
