import type { KvError } from './errors.js';
import type { EncodedBody } from './format/wire.js';

/**
 * The answer to a command or a read. `body` is the encoded response message without its header. The server puts a
 * header in front: protobuf reads concatenated messages as one.
 */
export type Result =
  | { readonly kind: 'ok'; readonly revision: number; readonly body: EncodedBody }
  | { readonly kind: 'error'; readonly revision: number; readonly error: KvError };

/** The outcome of a command. `revision` is the store's revision after the command. */
export type ApplyResult = Result;

/** The outcome of a read. `revision` and `appliedIndex` are those of the state that was read. */
export type ReadResult = Result & { readonly appliedIndex: number };
