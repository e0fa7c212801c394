import { unary, type Method } from '../../rpc/service.js';
import { invalidExtension } from './errors.js';

/** Largest request of a service whose requests have no values of users, in bytes: all their fields are bounded far below. */
export const SMALL_REQUEST_BYTES = 64 * 1024;

const SMALL = /^\/raftkvpb\.(Index|Feed|Session)\//;
const TOO_LARGE = Symbol('too large');

/**
 * Refuses large requests of these services before they are decoded: a megabyte of empty messages in one of their fields takes a
 * tenth of a second to decode.
 */
export function withSmallRequests(methods: readonly Method[]): readonly Method[] {
  return methods.map((method) => (SMALL.test(method.path) ? withSmallRequest(method) : method));
}

function withSmallRequest(method: Method): Method {
  const { decode } = method;
  const problem = `a request of this service has at most ${SMALL_REQUEST_BYTES} bytes`;
  if (method.kind !== 'unary') {
    return {
      ...method,
      decode: (body) => {
        if (body.length > SMALL_REQUEST_BYTES) throw new RangeError(problem);
        return decode(body);
      },
    };
  }
  const { path, handle } = method;
  return unary<typeof TOO_LARGE>({
    path,
    decode: (body) => (body.length > SMALL_REQUEST_BYTES ? TOO_LARGE : decode(body)),
    handle: (call, request) => {
      if (request === TOO_LARGE) call.fail(invalidExtension(problem));
      else handle(call, request);
    },
  });
}
