import type { authpb } from '../../gen/proto.js';

export interface Permission {
  readonly type: authpb.Permission.Type;
  readonly key: Uint8Array;
  /** As in a range request: empty for one key, 00 for all keys from `key` on. */
  readonly rangeEnd: Uint8Array;
}

export interface Role {
  readonly name: string;
  /** In the order of their keys. */
  readonly permissions: readonly Permission[];
}
