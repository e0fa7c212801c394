import { createHash } from 'node:crypto';
import type { Member } from '../../kv/membership/members.js';
import type { MemberUrls } from '../startup/urls.js';

/**
 * The ids of a new cluster. Every member derives the same ones from the same flags, so none has to ask another; the
 * token keeps clusters apart that are built on the same URLs, the origin those that were made from different snapshots.
 * At most 2^53−1: they are numbers everywhere.
 */
export function deriveIdentity(options: {
  readonly initialCluster: readonly MemberUrls[];
  readonly token: string;
  /** What the first state was made from; undefined where it was empty. */
  readonly origin?: string | undefined;
}): {
  readonly clusterId: number;
  readonly members: readonly Member[];
} {
  const members = options.initialCluster
    .map(({ name, peerUrls }) => ({
      id: idOf([...[...peerUrls].sort(), options.token]),
      name,
      peerUrls: [...peerUrls].sort(),
      clientUrls: [],
      isLearner: false,
    }))
    .sort((left, right) => left.id - right.id);
  const origin = options.origin === undefined ? [] : [options.origin];
  return { clusterId: idOf([options.token, ...members.map((member) => String(member.id)), ...origin]), members };
}

/** An id for a member that is added, which no other had; `chance` is a number that does not come again. */
export function deriveMemberId(options: { peerUrls: readonly string[]; clusterId: number; chance: number }): number {
  return idOf([...options.peerUrls, String(options.clusterId), String(options.chance)]);
}

function idOf(parts: readonly string[]): number {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  // 53 bits; zero means "none" in Raft.
  return Math.max(1, digest.readUIntBE(0, 6) * 32 + (digest.readUInt8(6) >> 3));
}
