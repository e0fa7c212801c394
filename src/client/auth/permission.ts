import { authpb } from '../../gen/proto.js';
import { asBuffer, EMPTY } from '../../util/bytes.js';
import { wordArgument } from '../calls/arguments.js';
import { toKeyRange } from '../keys/key-range.js';
import type { Bytes, RangeSelector } from '../keys/key-range.js';

/** What a permission allows to do with its keys. */
export type Access = 'read' | 'write' | 'readwrite';

/** A permission of a role. */
export interface Permission {
  readonly access: Access;
  readonly key: Buffer;
  /** The end of the range (exclusive); empty for one key, and one zero byte for all keys from `key` on. */
  readonly rangeEnd: Buffer;
}

/** The keys of a permission: one key, or a range. */
export type PermittedKeys = Bytes | RangeSelector;

const { READ, WRITE, READWRITE } = authpb.Permission.Type;
const TYPES = { read: READ, write: WRITE, readwrite: READWRITE } as const;

/** @throws RaftKvError `invalid-argument` */
export function toWirePermission(access: Access, keys: PermittedKeys): authpb.Permission.$Properties {
  const permType = wordArgument<authpb.Permission.Type>(access, 'an access', TYPES);
  return { permType, ...toKeyRange(keys) };
}

export function toPermission({ permType, key, rangeEnd }: authpb.Permission.$Properties): Permission {
  return { access: accessOf(permType ?? READ), key: asBuffer(key ?? EMPTY), rangeEnd: asBuffer(rangeEnd ?? EMPTY) };
}

function accessOf(type: authpb.Permission.Type): Access {
  if (type === WRITE) return 'write';
  return type === READWRITE ? 'readwrite' : 'read';
}
