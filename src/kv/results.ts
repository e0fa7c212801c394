import type { KvError } from './errors.js';
import type { EncodedBody } from './format/wire.js';

/**
 * The answer to a command or a read. `body` is the encoded response message without its header: protobuf lets messages
 * be concatenated, so the server joins it with a header of its own.
 */
export type Result =
  | { readonly kind: 'ok'; readonly revision: number; readonly body: EncodedBody }
  | { readonly kind: 'error'; readonly revision: number; readonly error: KvError };

/** The outcome of a command; `revision` is the store's once the command has been applied. */
export type ApplyResult = Result;

/** The outcome of a read; `revision` and `appliedIndex` are those of the state that it was answered from. */
export type ReadResult = Result & { readonly appliedIndex: number };
