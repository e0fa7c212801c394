/**
 * Raft as a state machine without I/O.
 *
 * A RawNode is one member of a replicated log. It opens no file and no socket, reads no clock and rolls no dice: it is
 * told what happened (`tick`, `step`, `propose`, …) and answers with what is to be done (`ready`). Whoever embeds it
 * brings a log, a transport, a timer and a state machine, and owes it the following. docs/RAFT.md has three members in
 * one process, to run and to begin from.
 *
 * The construction:
 *
 *     const storage = new MemoryStorage({ voters: [1, 2, 3] })                  // or a Storage on disk
 *     const node = new RawNode({ id: 1, storage, random: seededRandom(seed) })
 *
 * `storage` knows where the node left off, and who the members are: those of a new group all start from the same
 * configuration. Election timeouts are drawn from `random`, anything with a `next()` in [0, 1): a seeded one where a run
 * has to replay, `{ next: Math.random }` elsewhere. Members must not share a seed, or they time out in step.
 *
 * The loop:
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
 * The duties, in their order, and why:
 *
 * 1. `messages` need not wait for the disk: a leader's appends travel while its own write is under way, for it counts
 *    itself only once `advance` says that the write is done.
 * 2. One write holds the whole Ready: snapshot first, then entries (which replace any at or behind their first index),
 *    then the hard state. When `mustSync` is set it has to survive a power cut before anything below happens; a
 *    snapshot has to in any case. If it fails, stop: a node that goes on after a failed write breaks promises that it has made.
 * 3. `messagesAfterAppend` are promises: acknowledgements, votes, and requests for votes. Sent before the write, a crash
 *    turns them into lies, and lies into lost commits.
 * 4. `committedEntries` are handed over once, in order, without a hole. The state machine may take its time: with
 *    `applyOnAdvance: false`, call `appliedTo` when it is done, and take `ready({ committed: false })` while it has more
 *    than it wants. An entry may be of a kind that the caller must not skip: a no-op has no data.
 * 5. Then, and not before, the storage given in the configuration must answer reads with what was written, and
 *    `advance` lets the node forget its own copy.
 *
 * With `asyncStorageWrites`, storage runs beside the loop, and there is no `advance`. Among `messages`, a Ready has one to
 * LOCAL_APPEND_THREAD, with what duty 2 writes, and one to LOCAL_APPLY_THREAD, with what duty 4 applies. Each thread does
 * its messages in their order, and then delivers the `responses` of each: to `step` those to this node, to the network
 * the others. Nothing is handed over for applying before it is durable here. One duty remains: a MsgVote waits until the
 * append of its Ready is done, for it vouches for a log that a crash could still take back.
 *
 * A change of the configuration is an entry that `proposeConfChange` makes. Whoever applies it calls `applyConfChange`
 * (unless it decides against it, on every member alike), keeps the configuration that this answers with its state, and
 * only then reports the entry as applied. A newcomer begins with an empty log: its storage names either the members that
 * the group began with, so that it takes all changes from the log, or nobody, so that it needs a snapshot first.
 *
 * What may happen while a Ready is outstanding: everything but another Ready. Messages and ticks may be stepped in while
 * the disk is busy, and what they cause comes with the next Ready, in one piece: that is where batches come from.
 *
 * What to know:
 *
 * - All calls are synchronous, and belong to one thread of control. None calls back.
 * - `ok` from `propose` is no acknowledgement. A leader that loses its office may lose the entry too, or another leader
 *   may commit it long after. Put an id into the data, and answer the client when the entry is applied.
 * - Messages may be lost, repeated, reordered and delayed at will; they must not be altered, nor be delivered to another
 *   member than `to`. Send the messages of one Ready to one member in their order: it is not needed, but much faster.
 * - Report what the transport knows: `reportUnreachable` when something for a member was dropped, and `reportSnapshot`
 *   for every MsgSnap, whatever became of it. Until it hears of a snapshot, the leader sends that member nothing else.
 * - Terms and indexes are safe integers.
 * - A member that has lost its disk, or a part of its log, must not come back under its old id: it may have voted, and
 *   may have acknowledged entries, and knows nothing of it.
 * - Time is counted in ticks, so a process that was stopped for an hour wakes up as if nothing had been. Nothing that
 *   this core promises depends on ticks, only when elections take place does: reads go through `readIndex`, which asks
 *   a quorum each time.
 * - A broken invariant throws AssertionError. The state is not to be trusted from there on: drop the node.
 *
 * The words are those of the paper (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014)
 * and the thesis (Ongaro, "Consensus: Bridging Theory and Practice", 2014), which comments cite by section.
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
