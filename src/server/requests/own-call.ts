import type { CallContext } from '../../rpc/service.js';

/** The call context of a member's own proposals, which have no caller. */
export const OWN_CALL: CallContext = {
  metadata: () => undefined,
  remainingMs: () => undefined,
  cancelled: false,
  onCancel: () => undefined,
};
