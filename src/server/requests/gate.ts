import { stream, unary, type CallContext, type Method } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';

/** The request to check, beside the call itself. */
export interface Asked {
  /** `/package.Service/Method` */
  readonly path: string;
  /** The decoded request; undefined for a stream, whose client has sent nothing yet. */
  readonly request: unknown;
}

/** Returns why a call is refused; undefined if it is not. */
export type Check = (call: CallContext, asked: Asked) => Status | undefined;

/**
 * Runs the checks, in order, before the handler of every method, whether the call comes by gRPC or through the JSON
 * gateway. Authentication and authorization belong here too, as the last checks.
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
