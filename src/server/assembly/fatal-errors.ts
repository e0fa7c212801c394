import { EngineViewExpiredError } from '../../ports/engine.js';
import { asError } from '../../util/error.js';
import type { Logger } from '../../util/logger.js';

export interface FatalErrorsOptions {
  /** Stops the member. */
  readonly fail: (error: Error) => void;
  /** Whether the member's storage is being closed, after which errors are a consequence. */
  readonly isClosing: () => boolean;
  readonly logger: Logger;
}

/** What errors of the storage do to the member. */
export interface FatalErrors {
  /** The store has failed, and must not be used. */
  readonly ofStore: (error: unknown) => void;
  /** A call could not be answered. One whose view the engine no longer keeps can be repeated. */
  readonly ofCall: (error: unknown) => void;
}

export function fatalErrors({ fail, isClosing, logger }: FatalErrorsOptions): FatalErrors {
  const ofStore = (error: unknown): void => {
    if (!isClosing()) fail(asError(error));
  };
  return {
    ofStore,
    ofCall: (error) => {
      if (error instanceof EngineViewExpiredError) logger.warn('a read was given up', { reason: error.message });
      else ofStore(error);
    },
  };
}
