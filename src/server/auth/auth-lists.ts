import { etcdserverpb } from '../../gen/proto.js';
import type { Role } from '../../kv/auth/auth-state.js';
import type { EncodedBody } from '../../kv/format/wire.js';
import { sortInSlices } from '../../kv/reads/sliced-sort.js';
import { compareBytes } from '../../util/bytes.js';
import { Pacer } from '../../util/pacer.js';

const { AuthUserListResponse, AuthRoleListResponse, AuthRoleGetResponse } = etcdserverpb;

/** Items that are encoded at once. */
const PIECE_ITEMS = 512;
/** Steps of sorting and encoding, in items, in one turn: some 2 ms. */
const SLICE_ITEMS = 1024;

/** A table by name. */
interface Names {
  keys(): Iterable<string>;
}

interface Name {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/**
 * Makes the answers that list users, roles, or the permissions of a role, of which there may be very many. An answer is made once
 * for each table or role, in slices that yield to the event loop, and shared by all calls: tables and roles are immutable.
 */
export class AuthLists {
  readonly #pause: () => Promise<void>;
  /** By table or role. */
  readonly #answers = new WeakMap<object, EncodedBody | Promise<EncodedBody>>();

  /** @param pause resolves in a later turn of the event loop */
  constructor(pause: () => Promise<void>) {
    this.#pause = pause;
  }

  /** The body of a UserListResponse, in the order of the names' bytes. */
  users(table: Names): EncodedBody | Promise<EncodedBody> {
    return this.#names(table, (users) => AuthUserListResponse.encode({ users }).finish());
  }

  /** The body of a RoleListResponse, in the order of the names' bytes. */
  roles(table: Names): EncodedBody | Promise<EncodedBody> {
    return this.#names(table, (roles) => AuthRoleListResponse.encode({ roles }).finish());
  }

  /** The body of a RoleGetResponse. */
  permissions(role: Role): EncodedBody | Promise<EncodedBody> {
    return this.#once(role, () =>
      this.#inPieces(role.permissions, (some) => {
        const perm = some.map(({ type, key, rangeEnd }) => ({ permType: type, key, rangeEnd }));
        return AuthRoleGetResponse.encode({ perm }).finish();
      }),
    );
  }

  #names(table: Names, encode: (names: string[]) => Uint8Array): EncodedBody | Promise<EncodedBody> {
    const encoded = (names: readonly Name[]): EncodedBody | Promise<EncodedBody> =>
      this.#inPieces(names, (some) => encode(some.map(({ text }) => text)));
    return this.#once(table, () => {
      const names = Array.from(table.keys(), (text) => ({ text, bytes: Buffer.from(text) }));
      const sorted = sortInSlices(names, (left, right) => compareBytes(left.bytes, right.bytes), this.#spender());
      return sorted instanceof Promise ? sorted.then(encoded) : encoded(sorted);
    });
  }

  /** Calls that come while an answer is made share it. One that could not be made is made again for the next call. */
  #once(of: object, make: () => EncodedBody | Promise<EncodedBody>): EncodedBody | Promise<EncodedBody> {
    const known = this.#answers.get(of);
    if (known !== undefined) return known;
    const made = make();
    this.#answers.set(of, made);
    if (made instanceof Promise) {
      made.then(
        (body) => this.#answers.set(of, body),
        () => this.#answers.delete(of),
      );
    }
    return made;
  }

  #inPieces<T>(items: readonly T[], encode: (some: readonly T[]) => Uint8Array): EncodedBody | Promise<EncodedBody> {
    return items.length <= PIECE_ITEMS ? encode(items) : this.#manyPieces(items, encode);
  }

  async #manyPieces<T>(items: readonly T[], encode: (some: readonly T[]) => Uint8Array): Promise<EncodedBody> {
    const spend = this.#spender();
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < items.length; at += PIECE_ITEMS) {
      pieces.push(encode(items.slice(at, at + PIECE_ITEMS)));
      await spend(PIECE_ITEMS);
    }
    return pieces;
  }

  #spender(): (items: number) => Promise<void> | undefined {
    const pacer = new Pacer({ pause: this.#pause, sliceUnits: SLICE_ITEMS });
    return (items) => pacer.spend(items);
  }
}
