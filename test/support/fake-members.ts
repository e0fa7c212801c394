import { status } from '@grpc/grpc-js';
import type { etcdserverpb } from '../../src/gen/proto.js';
import { fromBigInt, toBigInt } from '../../src/util/integer.js';

type WireMember = etcdserverpb.Member.$Properties;
type WireId = WireMember['ID'];
type Long = Exclude<WireId, number | null | undefined>;

/** A refusal by the cluster's own rules, not by the test's script. */
export class Refusal extends Error {
  readonly code: status;

  constructor(code: status, text: string) {
    super(`etcdserver: ${text}`);
    this.code = code;
  }
}

/** The members of a fake cluster. Ids of added members use all 64 bits. */
export class FakeMembers {
  readonly #members = new Map<bigint, WireMember>();
  /** Called at every request for the members. */
  onList: (request: etcdserverpb.MemberListRequest) => void = () => undefined;
  #nextId = 0xfedcba9876543210n;

  constructor() {
    this.set(2n, { name: 'n1', peerURLs: ['http://n1:2380'], clientURLs: ['http://n1:2379'] });
  }

  set(id: bigint, member: WireMember): WireMember {
    const full = { ...member, ID: fromBigInt(id, true) as Long };
    this.#members.set(id, full);
    return full;
  }

  list(): WireMember[] {
    return [...this.#members.values()];
  }

  add({ peerURLs, isLearner }: etcdserverpb.MemberAddRequest.$Properties): WireMember {
    const taken = this.list().some((member) => member.peerURLs?.some((url) => peerURLs?.includes(url)));
    if (taken) throw new Refusal(status.FAILED_PRECONDITION, 'Peer URLs already exists');
    return this.set(this.#nextId++, { peerURLs: peerURLs ?? [], isLearner: isLearner ?? false });
  }

  remove(id: WireId): void {
    this.#known(id);
    this.#members.delete(toBigInt(id));
  }

  update(id: WireId, changed: WireMember): void {
    this.set(toBigInt(id), { ...this.#known(id), ...changed });
  }

  promote(id: WireId): void {
    if (this.#known(id).isLearner !== true) {
      throw new Refusal(status.FAILED_PRECONDITION, 'can only promote a learner member');
    }
    this.update(id, { isLearner: false });
  }

  #known(id: WireId): WireMember {
    const known = this.#members.get(toBigInt(id));
    if (known === undefined) throw new Refusal(status.NOT_FOUND, 'member not found');
    return known;
  }
}
