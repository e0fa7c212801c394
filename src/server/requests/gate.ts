import { stream, unary, type CallContext, type Method } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';

/** What a check may look at, beside the call itself. */
export interface Asked {
  /** `/package.Service/Method` */
  readonly path: string;
  /** As the method decoded it; undefined for a stream, whose caller has sent nothing yet. */
  readonly request: unknown;
}

/** Why a call must not begin here; undefined = it may. */
export type Check = (call: CallContext, asked: Asked) => Status | undefined;

/**
 * The one door to all services: whatever host a call came by, gRPC or the JSON gateway, it meets these checks in this
 * order before its handler. Who the caller is, and what a user may do, is to be asked here too, as the last of them.
 */
export function gate(methods: readonly Method[], checks: readonly Check[]): readonly Method[] {
  const refusal: Check = (call, asked) => {
    for (const check of checks) {
      const status = check(call, asked);
      if (status !== undefined) return status;
    }
    return undefined;
  };
  return methods.map((method) => (method.kind === 'unary' ? gateUnary(method, refusal) : gateStream(method, refusal)));
}

function gateUnary(method: Extract<Method, { kind: 'unary' }>, check: Check): Method {
  const { path, handle } = method;
  return unary<never>({
    ...method,
    handle: (call, request) => {
      const refused = check(call, { path, request });
      if (refused === undefined) handle(call, request);
      else call.fail(refused);
    },
  });
}

function gateStream(method: Exclude<Method, { kind: 'unary' }>, check: Check): Method {
  const { kind, path, handle } = method;
  return stream<never>(kind, {
    ...method,
    handle: (call) => {
      const refused = check(call, { path, request: undefined });
      if (refused === undefined) handle(call);
      else call.fail(refused);
    },
  });
}
