/** A call came after `close`: a bug of the caller, or a read that lost the race with a shutdown. */
export class EngineClosedError extends Error {
  override readonly name = 'EngineClosedError';
}

/**
 * Why an engine did not open.
 * - `in-use`: another process holds the directory.
 * - `format`: a later version wrote it.
 * - `damaged`: what was synced is not there, or is not what was written. The member must be rebuilt from its peers.
 * - `failed`: the system refused (permissions, space, file descriptors); it may open once that is mended.
 */
export type EngineOpenReason = 'in-use' | 'format' | 'damaged' | 'failed';

export class EngineOpenError extends Error {
  override readonly name = 'EngineOpenError';
  readonly reason: EngineOpenReason;

  constructor(reason: EngineOpenReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
