import type { Clock } from '../../ports/clock.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { Message, Ready } from '../../raft/types.js';
import type { Lifecycle } from '../lifecycle.js';
import type { SnapshotReceiver } from '../snapshot/receiver.js';
import type { ReadyExecutor } from '../storage/ready-executor.js';
import type { AppliedIndex } from './applied-index.js';
import type { CommitQueue } from './commit-queue.js';
import type { InputStep } from './input-step.js';
import type { Linger } from './linger.js';
import type { LoopInput } from './loop-input.js';
import type { PeerSender } from './peer-sender.js';

export interface ReadyLoopOptions {
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly raw: RawNode;
  readonly input: LoopInput;
  readonly step: InputStep;
  readonly executor: ReadyExecutor;
  readonly commits: CommitQueue;
  readonly applied: AppliedIndex;
  readonly peerSender: PeerSender;
  readonly receiver: SnapshotReceiver;
  readonly linger: Linger;
  /** Called when role, term or leader may have changed. */
  readonly onStep: () => void;
}

/** Turns that wait for nothing, after which the applier and others get their turn. */
const TURNS_AT_ONCE = 4;

/**
 * Feeds the core and executes its Readys until the node stops. Input that arrives during a write waits and is then
 * taken all together: this is the group commit.
 */
export async function runReadyLoop(options: ReadyLoopOptions): Promise<void> {
  try {
    for (let atOnce = 1; options.lifecycle.running; atOnce += 1) {
      const rest = turn(options);
      if (rest === undefined && atOnce < TURNS_AT_ONCE) continue;
      await rest;
      atOnce = 0;
    }
  } finally {
    await Promise.allSettled([options.executor.idle()]);
  }
}

/** @returns the rest of the turn, if there is something to wait for */
function turn(options: ReadyLoopOptions): Promise<void> | undefined {
  const { raw, step, commits, receiver } = options;
  step.run(internalMessages(options));
  // Before a snapshot replaces the state, the applier must have applied everything that was sent to it.
  const committed = !commits.full && receiver.arrived === undefined;
  if (!raw.hasReady({ committed })) return waitForInput(options);
  const execution = executeReady(options, raw.ready({ committed }));
  if (execution !== undefined) return execution.then(() => readyExecuted(options));
  readyExecuted(options);
  return undefined;
}

function readyExecuted({ receiver, onStep }: ReadyLoopOptions): void {
  receiver.discardUnwanted();
  onStep();
}

async function waitForInput(options: ReadyLoopOptions): Promise<void> {
  const { lifecycle, clock, commits, peerSender, receiver, linger } = options;
  const { signal } = lifecycle;
  receiver.discardUnwanted();
  peerSender.flush({ bareAcks: true, all: false });
  if (commits.full) commits.onRoom(() => signal.set());
  const awake = linger.await(signal);
  if (awake !== undefined) await awake;
  await signal.wait();
  // Everything that arrives in the same turn of the event loop is taken together.
  await new Promise<void>((resolve) => clock.soon(resolve));
}

function executeReady({ input, applied, executor, linger }: ReadyLoopOptions, ready: Ready): Promise<void> | undefined {
  if (ready.readStates.length > 0) linger.answered();
  for (const { index, context } of ready.readStates) {
    for (const ticket of input.reads.answered(context)) applied.when(index, ticket);
  }
  return executor.execute(ready);
}

/**
 * The messages for the core. That of a received snapshot waits until the applier has applied everything sent to it: a later
 * apply would change the state that the snapshot has replaced.
 */
function internalMessages({ executor, receiver, commits }: ReadyLoopOptions): readonly Message[] {
  const answers = executor.answers();
  const mayStep = receiver.arrived !== undefined && commits.settled;
  return mayStep ? [...answers, receiver.takeMessage()] : answers;
}
