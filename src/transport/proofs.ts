import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { NodeId } from '../raft/types.js';
import { defined } from '../util/assert.js';
import { SourceSet } from '../util/source-set.js';

/** Bytes of a challenge: enough that it cannot be guessed. */
const CHALLENGE_BYTES = 16;
/** Challenges kept per member that came over links without a proof; the address that sent the most loses its oldest. */
const UNPROVEN_MAX = 8;

/**
 * Proof that a link comes from the member it names, without TLS. Every member sends each other member a challenge on the
 * links that it dials, to the URLs that the cluster has for that member; only the process that listens there can return
 * it. So a caller that merely knows the ids of the cluster cannot act in a member's name. It is no protection against an
 * attacker that can read or redirect the traffic between members: that takes TLS.
 */
export class Proofs {
  readonly #own = new Map<NodeId, Uint8Array>();
  /** The challenge that came last over a link that was proven. Callers without a proof cannot displace it. */
  readonly #proven = new Map<NodeId, Uint8Array>();
  readonly #unproven = new Map<NodeId, SourceSet<Uint8Array>>();

  /** The challenge for a member. It stays the same until this process ends. */
  challengeFor(peer: NodeId): Uint8Array {
    const known = this.#own.get(peer);
    if (known !== undefined) return known;
    const challenge = randomBytes(CHALLENGE_BYTES);
    this.#own.set(peer, challenge);
    return challenge;
  }

  /** Whether one of the proofs is the challenge that this member sent to `peer`. */
  accepts(peer: NodeId, proofs: readonly Uint8Array[]): boolean {
    const challenge = this.#own.get(peer);
    if (challenge === undefined) return false;
    return proofs.some((proof) => proof.length === CHALLENGE_BYTES && timingSafeEqual(proof, challenge));
  }

  /**
   * Records a challenge from a link that names `peer` and has not proved it.
   * @param source where the link comes from
   * @returns whether it is new
   */
  challengedBy(peer: NodeId, challenge: Uint8Array, source: string): boolean {
    if (challenge.length !== CHALLENGE_BYTES || this.proofsFor(peer).some((known) => same(known, challenge))) {
      return false;
    }
    const unproven = this.#unproven.get(peer) ?? new SourceSet<Uint8Array>();
    this.#unproven.set(peer, unproven);
    unproven.add(Uint8Array.from(challenge), source);
    while (unproven.size > UNPROVEN_MAX) unproven.delete(defined(unproven.victim(), 'a challenge'));
    return true;
  }

  /** The link that brought a challenge has proved that it is from `peer`. */
  proved(peer: NodeId, challenge: Uint8Array): void {
    if (challenge.length === CHALLENGE_BYTES) this.#proven.set(peer, Uint8Array.from(challenge));
    this.#unproven.delete(peer);
  }

  /** What to return to `peer`: every challenge that may be its own. */
  proofsFor(peer: NodeId): readonly Uint8Array[] {
    const proven = this.#proven.get(peer);
    const unproven = [...(this.#unproven.get(peer)?.oldestFirst() ?? [])];
    return proven === undefined ? unproven : [proven, ...unproven];
  }

  /** Forgets all members but these. */
  retain(peers: ReadonlySet<NodeId>): void {
    for (const map of [this.#own, this.#proven, this.#unproven]) {
      for (const id of map.keys()) if (!peers.has(id)) map.delete(id);
    }
  }
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
