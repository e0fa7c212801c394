import { MemberChanges } from '../membership/member-changes.js';
import { Publisher } from '../membership/publisher.js';
import { NONE } from '../../raft/types.js';
import type { Consensus } from './consensus.js';
import type { Requests } from './requests.js';
import type { AssemblySettings } from './settings.js';
import type { Storage } from './storage.js';

/** Changes of the members table. */
export interface Membership {
  readonly changes: MemberChanges;
  /** Publishes this member's name and client URLs. */
  readonly publisher: Publisher;
}

export function makeMembership(
  settings: AssemblySettings,
  parts: { readonly storage: Storage; readonly consensus: Consensus; readonly requests: Requests },
): Membership {
  const { clusterId, memberId, name, clientUrls, clock, random, logger } = settings;
  const { store } = parts.storage;
  const { node, leadership } = parts.consensus;
  const { proposer, identification } = parts.requests;
  const { access } = identification;
  const publisher = new Publisher({ proposer, clock, logger, member: { id: memberId, name, clientUrls }, store });
  leadership.subscribe(({ leader }) => {
    if (leader !== NONE) publisher.publish();
  });
  const limits = settings.membership;
  const changes = new MemberChanges({ clusterId, memberId, store, proposer, access, node, random, limits });
  return { changes, publisher };
}
