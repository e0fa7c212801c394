import { createHash } from 'node:crypto';
import type { Member } from '../../kv/membership/members.js';
import type { MemberUrls } from '../settings/urls.js';

/**
 * Derives the ids of a new cluster. All members derive the same ids from the same flags, without asking each other. The
 * token distinguishes clusters on the same URLs, the origin those that were restored from different snapshots. Ids are at
 * most 2^53−1, so that they fit a number.
 */
export function deriveIdentity(options: {
  readonly initialCluster: readonly MemberUrls[];
  readonly token: string;
  /** The snapshot that the first state was restored from; undefined for an empty state. */
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

/** Derives the id of an added member. @param options.chance a random number that makes the id unique */
export function deriveMemberId(options: { peerUrls: readonly string[]; clusterId: number; chance: number }): number {
  return idOf([...options.peerUrls, String(options.clusterId), String(options.chance)]);
}

function idOf(parts: readonly string[]): number {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  // 53 bits. Zero means "none" in Raft.
  return Math.max(1, digest.readUIntBE(0, 6) * 32 + (digest.readUInt8(6) >> 3));
}
