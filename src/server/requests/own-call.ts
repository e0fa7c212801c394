import type { CallContext } from '../../rpc/service.js';

/** The call context of a member's own proposals, which have no caller. */
export const OWN_CALL: CallContext = {
  certificate: undefined,
  metadata: () => undefined,
  remainingMs: () => undefined,
  cancelled: false,
  onCancel: () => undefined,
};

/** The context of a proposal that a call makes, and that outlives the call: with its user, but not its deadline or end. */
export function detached(call: CallContext): CallContext {
  return {
    ...OWN_CALL,
    certificate: call.certificate,
    ...(call.remote !== undefined && { remote: call.remote }),
    metadata: (name) => call.metadata(name),
  };
}
