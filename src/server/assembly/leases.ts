import { proposeExpiry } from '../lease/expiry.js';
import { KeepAlives } from '../lease/keep-alives.js';
import { Lessor } from '../lease/lessor.js';
import type { PeerCalls } from '../lease/peer-calls.js';
import type { Consensus } from './consensus.js';
import type { Requests } from './requests.js';
import type { AssemblySettings } from './settings.js';
import type { Storage } from './storage.js';

/** Expiry and renewal of leases. */
export interface Leases {
  readonly lessor: Lessor;
  readonly keepAlives: KeepAlives;
}

export function makeLeases(
  settings: AssemblySettings,
  parts: {
    readonly storage: Storage;
    readonly consensus: Consensus;
    readonly requests: Requests;
    readonly peerCalls: PeerCalls;
  },
): Leases {
  const { memberId, clock, measurements } = settings;
  const { store, leaseChanges } = parts.storage;
  const { node, leadership, onFatal } = parts.consensus;
  const { pending, proposer, headers, identification } = parts.requests;
  const { access } = identification;
  const expiry = { proposer, clock, store, onExpired: () => (measurements.leasesExpired += 1) };
  const lessor = new Lessor({
    memberId,
    node,
    store,
    clock,
    pending,
    peers: parts.peerCalls,
    expire: (lease, term, done) => proposeExpiry(expiry, { lease, term }, done),
    onRenewed: () => (measurements.leasesRenewed += 1),
  });
  leaseChanges.subscribe((changes) => {
    measurements.onLeases(changes);
    lessor.onLeases(changes);
  });
  leadership.subscribe((status) => lessor.onLeadership(status));
  return {
    lessor,
    keepAlives: new KeepAlives({ lessor, store, access, headers, revision: () => store.revision(), onFatal }),
  };
}
