import { RawNode } from '../raft/raw-node.js';
import { EntryRecorder } from '../record/recorder.js';
import { Authority } from './authority/authority.js';
import { Failover } from './authority/failover.js';
import { Leadership } from './authority/leadership.js';
import { LearnersView } from './authority/learners.js';
import { RoundPeers } from './authority/round-peers.js';
import { RoleChanges } from './authority/role-changes.js';
import { coreConfig } from './config.js';
import type { Lifecycle } from './lifecycle.js';
import { AppliedIndex } from './loop/applied-index.js';
import { ApplyPace } from './loop/apply-pace.js';
import { CommitQueue } from './loop/commit-queue.js';
import { InputStep } from './loop/input-step.js';
import { Links } from './loop/links.js';
import { Linger } from './loop/linger.js';
import { LoopInput } from './loop/loop-input.js';
import { PeerSender } from './loop/peer-sender.js';
import { entryCheck } from './loop/entry-check.js';
import type { NodeOptions } from './options.js';
import { SnapshotInstaller } from './snapshot/installer.js';
import { SnapshotReceiver } from './snapshot/receiver.js';
import { snapshotRefusal } from './snapshot/refusal.js';
import { SnapshotSender } from './snapshot/sender.js';
import { statusOf } from './status.js';
import { LogCutter, neededFrom } from './storage/log-cutter.js';
import { makeExecutor } from './storage/make-executor.js';
import { checkStorage, storageFor } from './storage/raft-storage.js';
import type { ReadyExecutor } from './storage/ready-executor.js';

/** Queues between the node's callers, its Ready loop and its applier. */
interface Queues {
  readonly input: LoopInput;
  readonly applied: AppliedIndex;
  readonly commits: CommitQueue;
  readonly pace: ApplyPace;
  readonly links: Links;
}

/** The Raft core, and the snapshots that it sends. */
interface Core {
  readonly raw: RawNode;
  readonly recorder: EntryRecorder;
  readonly sender: SnapshotSender;
}

/** Leadership: leases, elections, changes of the leader. */
interface Leading {
  readonly leadership: Leadership;
  readonly learners: LearnersView;
  readonly authority: Authority;
  readonly failover: Failover;
  readonly roleChanges: RoleChanges;
}

/** The log, its cuts, and received snapshots. */
interface StorageParts {
  readonly cutter: LogCutter;
  readonly receiver: SnapshotReceiver;
  readonly peerSender: PeerSender;
  readonly executor: ReadyExecutor;
}

export interface NodeParts extends Queues, Core, Leading, StorageParts {
  readonly step: InputStep;
  readonly linger: Linger;
}

/** Builds the parts of a node, each from the ones before it. */
export function wireNode(options: NodeOptions, lifecycle: Lifecycle): NodeParts {
  checkStorage(options);
  const queues = makeQueues(options, lifecycle);
  const core = makeCore(options, lifecycle, queues);
  const leading = makeLeading(options, lifecycle, { ...queues, ...core });
  const storage = makeStorage(options, lifecycle, { ...queues, ...core, ...leading });
  const step = new InputStep({
    input: queues.input,
    raw: core.raw,
    clock: options.clock,
    authority: leading.authority,
    peerSender: storage.peerSender,
    cutter: storage.cutter,
    learners: leading.learners,
    commits: queues.commits,
    onStep: () => leading.roleChanges.observe(),
    onRefused: options.onRefused,
  });
  const { clock, config } = options;
  const linger = new Linger({ clock, reads: queues.input.reads, lingerMs: config.readLingerMs });
  return { ...queues, ...core, ...leading, ...storage, step, linger };
}

function makeQueues(options: NodeOptions, lifecycle: Lifecycle): Queues {
  const { id, config, clock, random, stateMachine, isAwaited = () => true } = options;
  const pace = new ApplyPace({ clock, isAwaited });
  const hurry = (): void => pace.hurry();
  const applied = new AppliedIndex(stateMachine.appliedIndex(), hurry);
  return {
    input: new LoopInput({ self: id, config, random, onArrival: () => lifecycle.signal.set() }),
    applied,
    commits: new CommitQueue({ batchesMax: config.commitBatchesMax, applied, lifecycle, onLong: hurry }),
    pace,
    links: new Links(),
  };
}

function makeCore(options: NodeOptions, lifecycle: Lifecycle, { input, applied }: Queues): Core {
  const { id, config, log, stateMachine, transport, clock, random, logger } = options;
  const sender = new SnapshotSender({
    stateMachine,
    transport,
    logger,
    clock,
    random,
    transfersMax: config.snapshotTransfersMax,
    onFatal: (error) => lifecycle.fail(error),
    onOutcome: (outcome) => input.snapshotOutcome(outcome),
  });
  const recorder = new EntryRecorder();
  const raw = new RawNode({
    id,
    storage: storageFor({ log, stateMachine, snapshots: sender }),
    applied: applied.value,
    ...coreConfig(config),
    random,
    applyOnAdvance: false,
    makeEntry: (entry) => recorder.record(entry),
    ...(options.readable === undefined ? {} : { canApply: entryCheck(options.readable) }),
    logger,
  });
  return { raw, recorder, sender };
}

function makeLeading(
  { config, log, clock, random, logger, onLeadership }: NodeOptions,
  lifecycle: Lifecycle,
  { raw, sender, input, applied, links }: Queues & Core,
): Leading {
  const leadership = new Leadership({ raw, clock });
  const authority = new Authority({
    raw,
    clock,
    random,
    leaseMs: config.leaseMs,
    driftBound: config.clockDriftBound,
    coreCorrects: config.preVote || config.checkQuorum,
  });
  const roleChanges = new RoleChanges({
    raw,
    leadership,
    authority,
    sender,
    input,
    logger,
    onChange: () => onLeadership?.(statusOf({ raw, log, applied })),
  });
  const failover = new Failover({
    raw,
    clock,
    random,
    preVote: config.preVote,
    isConnected: (peer) => links.isConnected(peer),
    promiseLeftMs: () => authority.promiseLeftMs,
    onActed: () => {
      roleChanges.observe();
      lifecycle.signal.set();
    },
  });
  const learners = new LearnersView({ raw, clock, freshMs: config.electionMs });
  return { leadership, learners, authority, failover, roleChanges };
}

function makeStorage(
  { config, log, stateMachine, transport, clock, logger }: NodeOptions,
  lifecycle: Lifecycle,
  { raw, sender, commits, applied, authority }: Queues & Core & Leading,
): StorageParts {
  const wake = (): void => lifecycle.signal.set();
  const onFatal = (error: Error): void => lifecycle.fail(error);
  const cutter = new LogCutter({
    log,
    stateMachine,
    logger,
    snapshotCount: config.snapshotCount,
    tailEntries: config.logTailEntries,
    flushBytes: config.logFlushBytes,
    neededFrom: () => neededFrom(raw.status(), sender.oldestIndex),
  });
  const receiver = new SnapshotReceiver({
    stateMachine,
    logger,
    refusal: (message) => snapshotRefusal(message, { raw, lifecycle }),
    onArrived: wake,
    onFatal,
  });
  const peerSender = new PeerSender({ transport, authority, sender, rounds: new RoundPeers(raw), clock, onDue: wake });
  const onRestored = (index: number): void => applied.restored(index);
  const installer = new SnapshotInstaller({ log, stateMachine, receiver, onRestored });
  const { asyncStorage } = config;
  const executor = makeExecutor({ asyncStorage, raw, log, peerSender, installer, commits, onAnswers: wake, onFatal });
  return { cutter, receiver, peerSender, executor };
}
