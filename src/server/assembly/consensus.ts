import { isReadableChange, isReadableCommand } from '../../kv/commands/readable.js';
import type { AppliedWaiters } from '../../node/loop/applied-waiters.js';
import { RaftNode } from '../../node/node.js';
import type { NodeStatus } from '../../node/status.js';
import type { NodeId } from '../../raft/types.js';
import { RefusalLog } from '../../transport/refusals.js';
import { formatMemberId } from '../../util/member-id.js';
import { Topic } from '../../util/topic.js';
import { ConfigError } from '../settings/urls.js';
import { MeasuredTransport } from '../monitoring/measured-transport.js';
import { fatalErrors } from './fatal-errors.js';
import { ObservedStore } from './observed-store.js';
import type { AssemblySettings } from './settings.js';
import type { Storage } from './storage.js';

/** A call of another member, outside of Raft. */
export interface PeerMessage {
  readonly from: NodeId;
  readonly call: Uint8Array;
}

/** The Raft node, and what it reports. It is silent until `node.start()`, so all parts subscribe in time. */
export interface Consensus {
  readonly node: RaftNode;
  /** Role, term or leader have changed. */
  readonly leadership: Topic<NodeStatus>;
  readonly peerMessages: Topic<PeerMessage>;
  readonly revisionWaiters: AppliedWaiters;
  readonly appliedBytes: Topic<number>;
  /** Stops the member because of an error that it must not outlive, for instance damage. */
  readonly onFatal: (error: unknown) => void;
}

export function makeConsensus(settings: AssemblySettings, storage: Storage): Consensus {
  const { memberId, log, transport, clock, random, logger, measurements } = settings;
  const refusals = new RefusalLog({ clock, logger, traffic: measurements.traffic });
  const { store } = storage;
  const stateMachine = new ObservedStore(store, {
    now: () => clock.now(),
    durations: measurements.applyDurations,
    onWait: () => node.hurry(),
  });
  const leadership = new Topic<NodeStatus>();
  const peerMessages = new Topic<PeerMessage>();
  const connect = (): void => connectMembers(settings, storage);
  connect();
  stateMachine.membersChanged.subscribe(connect);
  const node = new RaftNode({
    id: memberId,
    config: settings.node,
    log,
    stateMachine,
    transport: new MeasuredTransport({
      transport,
      outcomes: measurements.peerOutcomes,
      heartbeatMs: settings.node.heartbeatMs,
      now: () => clock.now(),
    }),
    clock,
    random,
    logger,
    removed: store.wasRemoved(memberId)
      ? new ConfigError('this member was removed from the cluster: remove its data directory, and add it as a new one')
      : undefined,
    readable: { command: isReadableCommand, change: isReadableChange },
    // Calls of this member, its watches, and reads that wait for a revision.
    isAwaited: () => storage.answers.size > 0 || store.watches.active || stateMachine.revisionWaiters.isAwaited,
    onRefused: (from, { type, reason }) =>
      refusals.refused('message', 'refused a message', { peer: formatMemberId(from), reason: `${type}: ${reason}` }),
    onCall: (from, call) => peerMessages.publish({ from, call }),
    onLeadership: (status) => leadership.publish(status),
  });
  const fatal = fatalErrors({ fail: (error) => node.fail(error), isClosing: () => storage.closing, logger });
  void store.failed.then(fatal.ofStore);
  const { revisionWaiters, appliedBytes } = stateMachine;
  return { node, leadership, peerMessages, revisionWaiters, appliedBytes, onFatal: fatal.ofCall };
}

/** The links of the transport follow the members table. */
function connectMembers({ memberId, transport }: AssemblySettings, { store }: Storage): void {
  const peers = store.members().filter(({ id }) => id !== memberId);
  transport.setPeers(
    peers.map(({ id, peerUrls }) => ({ id, urls: peerUrls })),
    store.removedIds(),
  );
}
