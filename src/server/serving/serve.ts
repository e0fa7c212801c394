import { setTimeout } from 'node:timers/promises';
import type { RaftNode } from '../../node/node.js';
import { MemberAnswers } from '../../rpc/answer-room.js';
import { asError } from '../../util/error.js';
import type { Logger } from '../../util/logger.js';
import { withDiskAdvice } from '../integrity/disk-advice.js';
import { observationRequests } from './http-requests.js';
import { accessControl, clientRequests, openClientPort, openHttpHost } from './client-ports.js';
import type { Serving } from './serving.js';

/** Time that running calls have to end when the member stops, in ms; then they are ended with an error. */
const STOP_GRACE_MS = 2_000;
/** Time in which the last answers reach their clients, in ms; then connections are cut. */
const ANSWER_GRACE_MS = 500;

/** A member that serves. */
export interface Served {
  /** Resolves after a clean stop; rejects with the error that stopped the member. */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the node and serves connections, until a stop or the end of the node. Clients are served once the log is replayed:
 * until then a stale read would be older than what this member has answered before its restart.
 */
export function serve(serving: Serving): Served {
  const { config, logger, assembly, clients, webClients, peers, observers, peerEndpoint } = serving;
  const { node } = assembly;
  const access = accessControl(serving);
  const answers = new MemberAnswers({}, serving.measurements.limits.hit);
  serving.measurements.unsentAnswerBytes = () => answers.bytes;
  const handle = clientRequests(serving, access, answers);
  const clientPort = openClientPort(serving, handle, answers);
  const webHost = openHttpHost(serving, handle);
  const observerHost = openHttpHost(serving, observationRequests({ ...assembly, access, logger }));
  node.start();
  void node.replayed.then(() => {
    if (stopping !== undefined) return;
    clients.serve((socket) => clientPort.accept(socket));
    webClients.serve((socket) => webHost.accept(socket));
  });
  observers.serve((socket) => observerHost.accept(socket));

  let stopping: Promise<void> | undefined;
  const shutDown = async (graceMs: number): Promise<void> => {
    // A leader hands over while it still serves, so that its clients need not wait for an election.
    await node.handOver();
    clients.stopAccepting();
    webClients.stopAccepting();
    assembly.endStreams();
    const options = { graceMs: graceMs + ANSWER_GRACE_MS };
    const closed = Promise.all([clientPort.close(options), webHost.close(options)]);
    await Promise.race([closed, setTimeout(graceMs, undefined, { ref: false })]);
    // Calls that still wait are answered before their connections are cut.
    assembly.endCalls();
    await closed;
    try {
      await assembly.stop();
    } finally {
      await Promise.all([peerEndpoint.close(), observerHost.close({ graceMs: 0 })]);
      await Promise.all([clients, webClients, peers, observers].map((listeners) => listeners.close()));
    }
  };
  const stop = (graceMs: number): Promise<void> => (stopping ??= shutDown(graceMs));
  const closed = ended(node, { dataDir: config.dataDir, logger, stop });
  closed.catch(() => undefined);
  return { closed, stop: () => stop(STOP_GRACE_MS) };
}

/** Stops the member when its node stops by itself, with the node's error. */
export async function ended(
  node: Pick<RaftNode, 'closed'>,
  { dataDir, logger, stop }: { dataDir: string; logger: Logger; stop: (graceMs: number) => Promise<void> },
): Promise<void> {
  try {
    await node.closed;
  } catch (error) {
    await stop(0).catch((another: unknown) => {
      // The stop of the node reports the same error again.
      if (another !== error)
        logger.error('an error while stopping after a failure', { error: asError(another).message });
    });
    throw withDiskAdvice(asError(error), dataDir);
  }
  await stop(STOP_GRACE_MS);
}
