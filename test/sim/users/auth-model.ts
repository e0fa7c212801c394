import { authpb, raftkv } from '../../../src/gen/proto.js';
import type { AuthState, Permission } from '../../../src/kv/auth/auth-state.js';
import { CommandReader } from '../../../src/kv/commands/command.js';
import type { Entry } from '../../../src/raft/types.js';
import { defined } from '../../../src/util/assert.js';
import { clampInteger } from '../../../src/util/integer.js';
import { changeAuth, isAuthChange } from './auth-changes.js';
import { needOf, tagOf, textOf } from './commands.js';
import { LeasedKeys } from './leased-keys.js';
import { may, type AuthView, type ModelPermission } from './rights.js';

const { READ, WRITE } = authpb.Permission.Type;

/** An entry that a client can recognize, and the users who were permitted to make it, in the state before it. */
export interface TaggedEntry {
  readonly index: number;
  readonly permitted: ReadonlySet<string>;
}

/**
 * What the log makes of users, roles and permissions, written for clarity: every committed entry is read once, in order, and
 * the states after each of them are kept. Members are compared with it, and so are the answers that clients get.
 */
export class AuthModel {
  /** The last entry that was read. */
  index = 0;
  /** The states by the index of the entry that made them, ascending. */
  readonly #states: { readonly from: number; readonly view: AuthView; readonly text: string }[] = [];
  readonly #tagged = new Map<string, TaggedEntry[]>();
  readonly #leased = new LeasedKeys();
  /** The users of assigned tokens, by the index in the token. */
  readonly #tokens = new Map<number, string>();
  /** Changes that made the tokens of a user void; of all users, if there is no name. */
  readonly #voided: { readonly index: number; readonly user: string | undefined }[] = [];
  readonly #everyone: readonly string[];
  readonly #reader = new CommandReader();

  /** @param users the names of all users that the clients of the run may have */
  constructor(users: readonly string[]) {
    this.#everyone = [...users, ''];
    this.#add({ enabled: false, revision: 1, users: new Map(), roles: new Map() });
  }

  get newest(): AuthView {
    return this.at(this.index);
  }

  /** The state after the entry at an index. */
  at(index: number): AuthView {
    return this.#stateAt(index).view;
  }

  /** The same as a text, to compare with that of a member. */
  textAt(index: number): string {
    return this.#stateAt(index).text;
  }

  /** Whether a state between two indexes, both included, fits. */
  some(first: number, last: number, fits: (view: AuthView) => boolean): boolean {
    return this.#states.some(({ from, view }, at) => {
      const next = this.#states[at + 1]?.from ?? Infinity;
      return from <= last && next > first && fits(view);
    });
  }

  /** The entries with this tag: a value, or a part of the end of a range. */
  tagged(tag: string): readonly TaggedEntry[] {
    return this.#tagged.get(tag) ?? [];
  }

  /** The user of the token that was assigned at an index. */
  userOfToken(index: number): string | undefined {
    return this.#tokens.get(index);
  }

  /** Whether the token that was assigned to a user at an index is void in the state after another index. */
  isVoid(user: string, assigned: number, index: number): boolean {
    return this.#voided.some(
      (change) =>
        change.index > assigned && change.index <= index && (change.user === undefined || change.user === user),
    );
  }

  /** Reads entries that a member is about to apply, unless another one has applied them before. */
  read(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.index !== this.index + 1) continue;
      if (entry.type === 'normal' && entry.data.length > 0) this.#read(entry);
      this.index = entry.index;
    }
  }

  #read(entry: Entry): void {
    const reader = this.#reader;
    reader.read(entry.data);
    const { kind, request } = reader;
    const before = this.newest;
    const need = needOf(kind, request, this.#leased);
    const tag = tagOf(kind, request);
    if (tag !== undefined) {
      const permitted = new Set(this.#everyone.filter((user) => may(before, user, need ?? [])));
      this.#tagged.set(tag, [...this.tagged(tag), { index: entry.index, permitted }]);
    }
    const user = Buffer.from(reader.user).toString();
    const isOld = user === '' || reader.authRevision < before.revision;
    if (need !== undefined && before.enabled && (isOld || !may(before, user, need))) return;
    if (kind === 'tokenAssign') this.#assign(raftkv.TokenAssignment.decode(request), entry.index);
    else if (isAuthChange(kind)) this.#change(kind, request, entry.index);
    else this.#leased.apply(kind, request, entry);
  }

  #change(kind: Parameters<typeof changeAuth>[1], request: Uint8Array, index: number): void {
    const before = this.newest;
    const { view, voids } = changeAuth(before, kind, request);
    if (voids !== undefined) this.#voided.push({ index, user: voids === 'all' ? undefined : voids.user });
    if (view !== before) this.#add(view, index);
  }

  #assign({ user, checkedRevision }: raftkv.TokenAssignment, index: number): void {
    const { enabled, revision, users } = this.newest;
    if (!enabled || clampInteger(checkedRevision) !== revision || users.get(user)?.noPassword !== false) return;
    this.#tokens.set(index, user);
  }

  #add(view: AuthView, from = 0): void {
    this.#states.push({ from, view, text: textOfView(view) });
  }

  #stateAt(index: number): { readonly view: AuthView; readonly text: string } {
    return defined(
      this.#states.findLast(({ from }) => from <= index),
      'a state',
    );
  }
}

/** The state of a member, in the form of the model's. */
export function textOfMember({ enabled, revision, users, roles }: AuthState): string {
  const permission = ({ type, key, rangeEnd }: Permission) =>
    ({
      access: type === READ ? 'read' : type === WRITE ? 'write' : 'both',
      key: textOf(key),
      end: textOf(rangeEnd),
    }) satisfies ModelPermission;
  return textOfView({
    enabled,
    revision,
    users: new Map(
      [...users.values()].map(({ name, passwordHash: hash, noPassword, roles: held }) => [
        name,
        { hash, noPassword, roles: new Set(held) },
      ]),
    ),
    roles: new Map([...roles.values()].map(({ name, permissions }) => [name, permissions.map(permission)])),
  });
}

function textOfView({ enabled, revision, users, roles }: AuthView): string {
  const named = [...users].map(([name, { hash, noPassword, roles: held }]) =>
    [name, hash, noPassword, ...[...held].sort()].join(' '),
  );
  const granted = [...roles].map(([name, permissions]) =>
    [name, ...permissions.map(({ access, key, end }) => `${access} ${key} ${end}`).sort()].join('; '),
  );
  return JSON.stringify({ enabled, revision, users: named.sort(), roles: granted.sort() });
}
