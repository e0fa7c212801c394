/**
 * Raft as a state machine without I/O.
 *
 * A RawNode is one member of a replicated log. It uses no files, sockets, clock or global randomness. The embedder feeds it
 * events (`tick`, `step`, `propose`, …), and it returns work (`ready`). The embedder provides a log, a transport, a timer
 * and a state machine, and has the duties below. docs/RAFT.md has a runnable example with three members in one process.
 *
 * Construction:
 *
 *     const storage = new MemoryStorage({ voters: [1, 2, 3] })                  // or a Storage on disk
 *     const node = new RawNode({ id: 1, storage, random: seededRandom(seed) })
 *
 * `storage` has the state of the node and the members. All members of a new group start from the same configuration.
 * Election timeouts are drawn from `random`, an object with a `next()` in [0, 1): a seeded generator for runs that replay,
 * `{ next: Math.random }` otherwise. Members must not share a seed, or they time out in step.
 *
 * Loop:
 *
 *     node.tick()                      at a steady pace, from a monotonic timer
 *     node.step(message)               for each message that arrives
 *     node.propose(data)               for each command
 *     while (node.hasReady()) {
 *       const ready = node.ready()
 *       transport.send(ready.messages)                            // 1
 *       disk.write(ready.snapshot, ready.entries, ready.hardState) // 2, and sync if ready.mustSync
 *       transport.send(ready.messagesAfterAppend)                 // 3
 *       machine.apply(ready.committedEntries)                     // 4
 *       node.advance()                                            // 5
 *     }
 *
 * Duties, in this order:
 *
 * 1. `messages` need not wait for the disk. A leader's appends travel while it writes, since it counts itself only once
 *    `advance` reports that its own write is done (thesis, section 10.2.1).
 * 2. One write holds the whole Ready: the snapshot, then the entries (which replace all entries from their first index on),
 *    then the hard state. If `mustSync` is set, or there is a snapshot, it must survive a power cut before the next steps.
 *    If it fails, stop: a node that continues after a failed write breaks its promises.
 * 3. `messagesAfterAppend` are promises: acknowledgements, votes, and vote requests. If they were sent before the write, a
 *    crash could break them, and lose committed entries.
 * 4. `committedEntries` are handed out once, in order, without gaps. The state machine may take its time: with
 *    `applyOnAdvance: false`, call `appliedTo` when it is done, and `ready({ committed: false })` while it has enough.
 *    Entries without data are no-ops, and count like all others.
 * 5. Then, and not before, the storage must return the written data, and `advance` lets the node drop its own copy.
 *
 * With `asyncStorageWrites`, storage runs concurrently with the loop, and `advance` is not used. A Ready then has a message
 * to LOCAL_APPEND_THREAD with the data of duty 2, and one to LOCAL_APPLY_THREAD with the entries of duty 4. Each thread
 * processes its messages in order, and then delivers the `responses` of each: those to this node to `step`, the others to
 * the network. No entry is handed out for applying before it is durable here. One duty remains: a MsgVote must wait until
 * the append of its Ready is done, since it vouches for a log that a crash could still shorten.
 *
 * A configuration change is an entry, made by `proposeConfChange`. When the embedder applies it, it calls `applyConfChange`
 * (unless it rejects the change, on every member alike), stores the returned configuration with its state, and only then
 * reports the entry as applied. A new member starts with an empty log. Its storage names the initial members of the group,
 * so that it applies all changes from the log, or no members, so that it needs a snapshot first.
 *
 * While a Ready is outstanding, everything is allowed except another Ready. Messages and ticks may be stepped in while the
 * disk is busy. Their work comes with the next Ready, in one batch.
 *
 * Further rules:
 *
 * - All calls are synchronous and belong to one thread of control. There are no callbacks.
 * - `ok` from `propose` is no acknowledgement. A leader that is deposed may lose the entry, or another leader may
 *   commit it much later. Put an id into the data, and answer the client when the entry is applied.
 * - Messages may be lost, repeated, reordered and delayed. They must not be altered, nor delivered to another member than
 *   `to`, and `from` must be authentic. Sending the messages of a Ready to a member in order is faster, but not required.
 * - Report transport errors: `reportUnreachable` for a dropped message, and `reportSnapshot` for the outcome of every
 *   MsgSnap. Until that report, the leader sends the member nothing else.
 * - Terms and indexes are safe integers.
 * - A member that has lost its disk, or a part of its log, must not return under its old id: it may have voted, and
 *   acknowledged entries, that it no longer knows of.
 * - Time is counted in ticks, so a process that was stopped for an hour continues as if no time had passed. Safety does not
 *   depend on ticks, only the time of elections does. Reads use `readIndex`, which asks a quorum each time.
 * - A broken invariant throws AssertionError. The state is undefined from then on: drop the node.
 *
 * Comments cite the paper (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014) and the
 * thesis (Ongaro, "Consensus: Bridging Theory and Practice", 2014) by section.
 */
export { ConfChangeError } from './conf-change/changer.js';
export { ConfChangeFormatError, decodeConfChange, encodeConfChange, LEAVE_JOINT } from './conf-change/codec.js';
export type { Config } from './config.js';
export { MemoryStorage } from './memory-storage.js';
export type { MemoryStorageOptions } from './memory-storage.js';
export type { DropReason, Outcome, RefuseReason } from './outcome.js';
export { RawNode } from './raw-node.js';
export type { ReadyOptions } from './raw-node.js';
export type { ProgressStatus, Status } from './status.js';
export type { LogMiss, Storage } from './storage.js';
export type { ProgressState } from './tracker/progress.js';
export type { LogFields, Logger } from '../util/logger.js';
export { seededRandom } from '../util/random.js';
export type { Random } from '../util/random.js';
export { EMPTY_HARD_STATE, LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD, MESSAGE_TYPES, NONE } from './types.js';
export type {
  ConfChange,
  ConfChangeStep,
  ConfChangeTransition,
  ConfChangeType,
  ConfState,
  Entry,
  EntryType,
  HardState,
  Message,
  MessageType,
  NodeId,
  ReadState,
  Ready,
  Role,
  Snapshot,
  SnapshotMetadata,
  SoftState,
} from './types.js';
