/** A call after `close`: a bug of the caller, or a read that raced with a shutdown. */
export class EngineClosedError extends Error {
  override readonly name = 'EngineClosedError';
}

/**
 * Why an engine did not open.
 * - `in-use`: another process holds the directory.
 * - `format`: a later version wrote it.
 * - `other-engine`: the directory holds an engine of another kind.
 * - `damaged`: synced data is missing or altered. The member must be rebuilt from its peers.
 * - `failed`: a system error (permissions, space, file descriptors). A retry may succeed once it is resolved.
 */
export type EngineOpenReason = 'in-use' | 'format' | 'other-engine' | 'damaged' | 'failed';

export class EngineOpenError extends Error {
  override readonly name = 'EngineOpenError';
  readonly reason: EngineOpenReason;

  constructor(reason: EngineOpenReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
