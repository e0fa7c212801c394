import type { raftkv } from '../../gen/proto.js';
import type { HealthSource } from '../../http/health-routes.js';
import type { KvStore } from '../../kv/store.js';
import type { RaftNode } from '../../node/node.js';
import type { NodeStatus } from '../../node/status.js';
import type { Method } from '../../rpc/service.js';
import { allowDeepMessages } from '../../util/deep-messages.js';
import { PeerCalls } from '../lease/peer-calls.js';
import { healthSource } from '../monitoring/health-checks.js';
import { SessionExpirer } from '../session/session-expirer.js';
import { metricsText } from '../monitoring/metrics.js';
import { makeConsensus } from './consensus.js';
import { makeIntegrity } from './integrity.js';
import { makeLeases } from './leases.js';
import { makeMembership } from './membership.js';
import { makeRequests } from './requests.js';
import { makeServices } from './services.js';
import { withDefaults, type AssemblyOptions } from './settings.js';
import { openStorage } from './storage.js';

export type { AssemblyOptions, RequestLimits, WatchSettings } from './settings.js';

/** A member without its sockets. */
export interface Assembly {
  readonly node: RaftNode;
  readonly store: KvStore;
  readonly methods: readonly Method[];
  /** Source of the health routes over HTTP. */
  readonly health: HealthSource;
  /** All metrics in Prometheus's text format. */
  readonly metrics: () => Promise<string>;
  /** Hash of the state, for another member. */
  readonly answerHash: (question: raftkv.HashQuestion.$Properties) => Promise<raftkv.HashAnswer.$Properties>;
  /** Stops the member because of an error that it must not outlive, unless it is stopping already. */
  readonly onFatal: (error: unknown) => void;
  /** Resolves once a leader is known and all members list this member's client URLs; pends until then. */
  readonly published: Promise<void>;
  /** Ends open streams, which would not end by themselves: the first step of a stop. Other calls may still finish. */
  endStreams(): void;
  /** Ends every waiting call, and refuses new ones: the second step. */
  endCalls(): void;
  /** Ends every waiting call, drains and closes node, log and transport, then the store and its engine. */
  stop(): Promise<void>;
}

/**
 * Wires one member. Each part uses the parts above it only; what flows upwards is published to subscribers (Topic).
 *
 *     storage         state machine, answers to this member's commands
 *     consensus       Raft node: log, transport, leadership
 *     requests        commands to the log, reads of the state, quota
 *     leases  integrity  membership
 *     services        method table for gRPC and the JSON gateway
 */
export async function assemble(options: AssemblyOptions): Promise<Assembly> {
  allowDeepMessages();
  const settings = withDefaults(options);
  const { memberId, clock, random, logger, measurements } = settings;
  const storage = await openStorage(settings);
  const { store, isLearner } = storage;
  const consensus = makeConsensus(settings, storage);
  const { node, onFatal, leadership, peerMessages } = consensus;
  const requests = makeRequests(settings, { storage, consensus });
  const { pending, proposer, reader, quota, hot } = requests;
  const peerCalls = new PeerCalls({ node, clock, random, logger });
  const leases = makeLeases(settings, { storage, consensus, requests, peerCalls });
  const integrity = makeIntegrity(settings, { storage, consensus, requests });
  const { hashCalls } = integrity;
  peerMessages.subscribe(({ from, call }) => {
    peerCalls.received(from, call, {
      answer: (question, done) => leases.lessor.answer(question, done),
      onOther: (sender, other) => hashCalls.received(sender, other),
    });
  });
  const sessionExpirer = new SessionExpirer({ clock, leads: () => ledTerm(node.status()), store, proposer });
  const membership = makeMembership(settings, { storage, consensus, requests });
  const services = makeServices(settings, { storage, consensus, requests, leases, membership });
  const { methods, watches, feeds } = services;
  leadership.subscribe(({ leader }) => measurements.onLeader(leader));
  const { quotaBytes } = quota;
  return {
    node,
    store,
    methods,
    health: healthSource({
      node,
      reader,
      store,
      clock,
      isLearner,
      wasRemoved: () => store.wasRemoved(memberId),
      onHealth: measurements.onHealth,
      onCheck: measurements.healthChecks.checked,
    }),
    metrics: () =>
      metricsText({
        memberId,
        node,
        store,
        watches,
        feeds,
        proposer,
        reader,
        pending,
        isLearner,
        hot,
        measurements,
        quotaBytes,
      }),
    answerHash: (question) => hashCalls.answer(question),
    onFatal,
    published: membership.publisher.published,
    endStreams: () => services.endStreams(),
    endCalls: () => pending.stop(),
    stop: async () => {
      pending.stop();
      membership.publisher.stop();
      requests.identification.stop();
      settings.auth.passwords.close();
      leases.lessor.stop();
      sessionExpirer.stop();
      peerCalls.stop();
      integrity.stop();
      try {
        await node.stop();
      } finally {
        await storage.close();
      }
    },
  };
}

/** The term in which a member leads; undefined if it does not. */
function ledTerm({ role, term }: NodeStatus): number | undefined {
  return role === 'leader' ? term : undefined;
}
