import type { etcdserverpb } from '../../gen/proto.js';
import type { Rights } from '../auth/auth-state.js';
import { holdLeasedKeys } from '../auth/lease-keys.js';
import { leasesOf, mayDelete, mayPut, mayRun } from '../auth/requests.js';
import type { PutProperties } from '../format/put-request.js';
import { assertNever } from '../../util/assert.js';
import { toBigInt } from '../../util/integer.js';
import type { StateReader } from '../state/state-reader.js';

/** A command that concerns keys. */
export type KeyCommand =
  | { readonly kind: 'put'; readonly put: PutProperties }
  | { readonly kind: 'deleteRange'; readonly deletion: etcdserverpb.DeleteRangeRequest }
  | { readonly kind: 'txn'; readonly txn: etcdserverpb.TxnRequest }
  | { readonly kind: 'leaseRevoke'; readonly lease: bigint };

/**
 * Whether a user may run a command in this state. Attaching a key to a lease, and revoking the lease, need write permission
 * on all keys that are attached to it, as the end of the lease deletes them.
 * @param rights undefined if the command needs no user
 * @returns no promise for a put without a lease
 */
export function isPermitted(
  state: StateReader,
  rights: Rights | undefined,
  command: KeyCommand,
): boolean | Promise<boolean> {
  if (rights === undefined || rights.isRoot) return true;
  switch (command.kind) {
    case 'put': {
      if (!mayPut(rights, command.put)) return false;
      const lease = toBigInt(command.put.lease);
      return lease === 0n || holdLeasedKeys(state, lease, rights.write);
    }
    case 'deleteRange':
      return mayDelete(rights, command.deletion);
    case 'txn':
      return mayRun(rights, command.txn, state.indexes) && mayAttach(state, rights, leasesOf(command.txn));
    case 'leaseRevoke':
      return holdLeasedKeys(state, command.lease, rights.write);
    default:
      return assertNever(command, 'command');
  }
}

async function mayAttach(state: StateReader, { write }: Rights, leases: ReadonlySet<bigint>): Promise<boolean> {
  for (const lease of leases) if (!(await holdLeasedKeys(state, lease, write))) return false;
  return true;
}
