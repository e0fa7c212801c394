import { stream, unary, type CallContext, type Method, type StreamCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import type { Access } from './access.js';
import { accessRule, applyRule } from './access-rules.js';
import { CheckedCall } from './checked-call.js';

/** The request to check, beside the call itself. */
export interface Asked {
  /** `/package.Service/Method` */
  readonly path: string;
  /** The decoded request; undefined for a stream, whose client has sent nothing yet. */
  readonly request: unknown;
}

/** Returns why a call is refused; undefined if it is not. */
export type Check = (call: CallContext, asked: Asked) => Status | undefined;

export interface Gate {
  /** In order. */
  readonly checks: readonly Check[];
  /** Users and permissions, checked last. */
  readonly access: Access;
}

/**
 * Runs the checks, in order, before the handler of every method, whether the call comes by gRPC or through the JSON
 * gateway. Users and permissions are checked for each message of a stream.
 */
export function gate(methods: readonly Method[], { checks, access }: Gate): readonly Method[] {
  const refusal: Check = (call, asked) => {
    for (const check of checks) {
      const status = check(call, asked);
      if (status !== undefined) return status;
    }
    return undefined;
  };
  return methods.map((method) =>
    method.kind === 'unary' ? gateUnary(method, refusal, access) : gateStream(method, refusal, access),
  );
}

function gateUnary(method: Extract<Method, { kind: 'unary' }>, check: Check, access: Access): Method {
  const { path, handle } = method;
  return unary<never>({
    ...method,
    handle: (call, request) => {
      const refused = check(call, { path, request });
      if (refused !== undefined) return call.fail(refused);
      if (!access.enabled) return handle(call, request);
      applyRule(access, { call, rule: accessRule(path, request) }, (denied) => {
        if (denied === undefined) handle(call, request);
        else call.fail(denied);
      });
    },
  });
}

function gateStream(method: Exclude<Method, { kind: 'unary' }>, check: Check, access: Access): Method {
  const { kind, path, handle } = method;
  return stream<never>(kind, {
    ...method,
    handle: (call) => {
      const refused = check(call, { path, request: undefined });
      if (refused !== undefined) return call.fail(refused);
      const checked: CheckedCall = new CheckedCall(call, (request, done) => {
        if (!access.enabled) return done(undefined);
        applyRule(access, { call, rule: accessRule(path, request) }, done);
      });
      handle(checked as unknown as StreamCall<never>);
    },
  });
}
