import { etcdserverpb } from '../../gen/proto.js';
import { AlarmRaiser } from '../integrity/alarm-raiser.js';
import { HotKeys } from '../hot/hot-keys.js';
import { Quota } from '../requests/quota.js';
import { ClientWrites } from '../requests/client-writes.js';
import { Headers } from '../requests/header.js';
import { PendingCalls } from '../requests/pending.js';
import { Proposer } from '../requests/proposer.js';
import { Reader } from '../requests/reader.js';
import { makeIdentification, type Identification } from './identification.js';
import type { Consensus } from './consensus.js';
import type { AssemblySettings } from './settings.js';
import type { Storage } from './storage.js';

const { AlarmType } = etcdserverpb;

/** How calls reach the log and the state. */
export interface Requests {
  /** Calls that wait, with their time limits. */
  readonly pending: PendingCalls;
  /** Commands of this member itself. */
  readonly proposer: Proposer;
  /** Commands of clients. */
  readonly writes: ClientWrites;
  readonly reader: Reader;
  readonly headers: Headers;
  readonly quota: Quota;
  readonly alarms: AlarmRaiser;
  readonly identification: Identification;
  /** Undefined if keys are not counted. */
  readonly hot: HotKeys | undefined;
}

export function makeRequests(
  settings: AssemblySettings,
  { storage, consensus }: { readonly storage: Storage; readonly consensus: Consensus },
): Requests {
  const { clusterId, memberId, clock, random, logger, limits, measurements, hotKeys } = settings;
  const { store, answers } = storage;
  const { node, onFatal, revisionWaiters } = consensus;
  const pending = new PendingCalls({ clock, limitMs: limits.requestMs, store });
  const proposer = new Proposer({ node, answers, pending, clock });
  const alarms = new AlarmRaiser({ store, proposer, logger });
  const quota = new Quota({
    clock,
    quotaBytes: limits.quotaBytes,
    sizeBytes: () => store.sizeBytes(),
    raise: (done) => alarms.raise({ kind: AlarmType.NOSPACE, memberId }, done),
    onFatal,
  });
  consensus.appliedBytes.subscribe((bytes) => quota.applied(bytes));
  const identification = makeIdentification(settings, { storage, consensus, pending });
  const { access } = identification;
  const writes = new ClientWrites({
    proposer,
    quota,
    access,
    requestBytesMax: limits.requestBytesMax,
    onLimit: measurements.limits.hit,
  });
  const headers = new Headers({ clusterId, memberId, term: () => node.term });
  const reader = new Reader({
    clock,
    node,
    headers,
    pending,
    revision: () => store.revision(),
    revisionWaiters,
    revisionWaitsMax: settings.node.readsMax,
    onFatal,
  });
  const hot = hotKeys === 0 ? undefined : new HotKeys({ capacity: hotKeys, clock, random });
  return { pending, proposer, writes, reader, headers, quota, alarms, identification, hot };
}
