import { assertNever } from '../../util/assert.js';
import { Code, type Status } from '../status.js';

/** A message that is not read. */
export type MessageProblem =
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'bad-flag'; readonly flag: number }
  | { readonly kind: 'incomplete' };

/** grpc-go's status. @param bytesMax bound on a message, in bytes */
export function statusOf(problem: MessageProblem, bytesMax: number): Status {
  switch (problem.kind) {
    case 'too-large':
      return {
        code: Code.RESOURCE_EXHAUSTED,
        message: `grpc: received message larger than max (${problem.bytes} vs. ${bytesMax})`,
      };
    case 'bad-flag':
      return { code: Code.INTERNAL, message: `grpc: received unexpected payload format ${problem.flag}` };
    case 'incomplete':
      return { code: Code.INTERNAL, message: 'grpc: the stream ended inside a message' };
    default:
      return assertNever(problem, 'problem');
  }
}
