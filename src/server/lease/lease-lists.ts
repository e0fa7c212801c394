import { etcdserverpb } from '../../gen/proto.js';
import type { EncodedBody } from '../../kv/format/wire.js';
import { wireLeaseId } from '../../kv/leases/leases.js';
import { sortInSlices } from '../../kv/reads/sliced-sort.js';
import type { KvStore, Lease } from '../../kv/store.js';
import { Pacer } from '../../util/pacer.js';
import type { Lessor } from './lessor.js';

const { LeaseLeasesResponse } = etcdserverpb;

export interface LeaseListsOptions {
  readonly store: Pick<KvStore, 'leases'>;
  readonly lessor: Pick<Lessor, 'endsMs' | 'order'>;
  /** Resolves in a later turn of the event loop. */
  readonly pause: () => Promise<void>;
}

/** The encoded leases of one state, and what a caller took from that state in the same turn. */
export interface LeaseList<T> {
  readonly body: EncodedBody;
  readonly taken: T;
}

/** The leases and their order, of which a list is made. */
interface Subject {
  readonly state: object;
  readonly order: object;
}

interface Ending {
  readonly id: bigint;
  readonly endsMs: number;
}

/** Leases that are encoded at once. */
const PIECE_LEASES = 512;
/** Steps of sorting and encoding, in leases, in one turn: some 2 ms. */
const SLICE_LEASES = 1024;

/**
 * Makes the answers to LeaseLeases. Any user may ask, and there may be very many leases: a list is made once for each state of
 * the leases and shared by all calls that wait. One list is made at a time, in slices that yield to the event loop.
 */
export class LeaseLists {
  readonly #options: LeaseListsOptions;
  #made: (Subject & { readonly body: EncodedBody }) | undefined;
  #making: (Subject & { readonly body: Promise<EncodedBody> }) | undefined;

  constructor(options: LeaseListsOptions) {
    this.#options = options;
  }

  /**
   * Lists the leases of this turn, or of a later one.
   * @param take called once, in the turn whose leases are listed
   */
  list<T>(take: () => T | Promise<T>): LeaseList<T> | Promise<LeaseList<T>> {
    const { store, lessor } = this.#options;
    const subject = { state: store.leases.state, order: lessor.order };
    const [made, making] = [this.#made, this.#making];
    if (making !== undefined && !isSame(making, subject)) return making.body.then(() => this.list(take));
    const known = made !== undefined && isSame(made, subject) ? made : making;
    const body = known?.body ?? this.#make(subject);
    const taken = take();
    if (!(body instanceof Promise) && !(taken instanceof Promise)) return { body, taken };
    return Promise.all([body, taken]).then(([encoded, found]) => ({ body: encoded, taken: found }));
  }

  #make(subject: Subject): EncodedBody | Promise<EncodedBody> {
    const made = this.#encode([...this.#options.store.leases.all()]);
    if (!(made instanceof Promise)) {
      this.#made = { ...subject, body: made };
      return made;
    }
    const body = made
      .then((pieces) => {
        this.#made = { ...subject, body: pieces };
        return pieces;
      })
      .finally(() => (this.#making = undefined));
    this.#making = { ...subject, body };
    return body;
  }

  /** By expiry time if it is known, as on etcd's leader; otherwise by id. */
  #encode(leases: readonly Lease[]): EncodedBody | Promise<EncodedBody> {
    if (leases.length > PIECE_LEASES) return this.#encodeMany(leases);
    return encode(this.#endings(leases).sort(byEnd));
  }

  async #encodeMany(leases: readonly Lease[]): Promise<EncodedBody> {
    const pacer = new Pacer({ pause: this.#options.pause, sliceUnits: SLICE_LEASES });
    const spend = (units: number): Promise<void> | undefined => pacer.spend(units);
    const endings: Ending[] = [];
    for (let at = 0; at < leases.length; at += PIECE_LEASES) {
      endings.push(...this.#endings(leases.slice(at, at + PIECE_LEASES)));
      await spend(PIECE_LEASES);
    }
    const sorted = await sortInSlices(endings, byEnd, spend);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < sorted.length; at += PIECE_LEASES) {
      pieces.push(encode(sorted.slice(at, at + PIECE_LEASES)));
      await spend(PIECE_LEASES);
    }
    return pieces;
  }

  #endings(leases: readonly Lease[]): Ending[] {
    return leases.map(({ id }) => ({ id, endsMs: this.#options.lessor.endsMs(id) ?? 0 }));
  }
}

function isSame(list: Subject, { state, order }: Subject): boolean {
  return list.state === state && list.order === order;
}

function byEnd(left: Ending, right: Ending): number {
  return left.endsMs - right.endsMs || (left.id < right.id ? -1 : 1);
}

function encode(endings: readonly Ending[]): Uint8Array {
  return LeaseLeasesResponse.encode({ leases: endings.map(({ id }) => ({ ID: wireLeaseId(id) })) }).finish();
}
