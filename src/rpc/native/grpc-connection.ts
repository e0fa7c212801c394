import type { Socket } from 'node:net';
import type { ConnectionAnswers } from '../answer-room.js';
import type { Connection } from '../http2/connection.js';
import type { OutgoingField } from '../http2/hpack-encoder.js';
import type { RequestHandler } from '../http2/request-frames.js';
import type { RequestHead } from '../http2/request-head.js';
import type { ServerStream } from '../http2/stream.js';
import { assertNever } from '../../util/assert.js';
import type { CallerCertificate } from '../service.js';
import type { ConnectionRequests } from '../unfinished-requests.js';
import { Code, unimplemented, type Status } from '../status.js';
import { grpcHead, isForGrpc, type HeadProblem } from './grpc-head.js';
import type { CallEnvironment, CallOrigin, MountedMethod } from './call-origin.js';
import { NativeStreamCall } from './native-stream-call.js';
import { NativeUnaryCall } from './native-unary-call.js';
import type { OpenStream, OtherRequests } from './other-requests.js';
import { RefusedCall } from './refused-call.js';
import { trailersOf, trailersOnly } from './responses.js';

export interface GrpcConnectionOptions {
  readonly methods: ReadonlyMap<string, MountedMethod>;
  readonly environment: CallEnvironment;
  readonly certificate: CallerCertificate | undefined;
  readonly answers: ConnectionAnswers;
  readonly requests: ConnectionRequests;
  readonly connection: () => Connection;
  readonly socket: Socket;
  /** Serves requests that are not gRPC's. Undefined: they are refused. */
  readonly others: OtherRequests | undefined;
}

/** Longest text of a client that an answer repeats, in characters. */
const QUOTED_MAX = 200;

/** Memory of a head that is not counted, in bytes: no more than that of its call. */
const FREE_HEAD_BYTES = 1024;

/** Derived once from a request head: how its calls are served. */
type Route =
  | { readonly kind: 'unary' | 'stream'; readonly origin: CallOrigin }
  | { readonly kind: 'refused'; readonly fields: readonly OutgoingField[] }
  | { readonly kind: 'other'; readonly open: OpenStream };

/** gRPC on one HTTP/2 connection: makes a call of each request, but of those that are not gRPC's. */
export class GrpcConnection implements RequestHandler {
  readonly #options: GrpcConnectionOptions;

  constructor(options: GrpcConnectionOptions) {
    this.#options = options;
  }

  open(id: number, head: RequestHead): ServerStream | undefined {
    const route = (head.derived ??= this.#route(head)) as Route;
    if (route.kind === 'other') return route.open(id);
    if (route.kind === 'refused') return new RefusedCall(id, this.#options.connection(), route.fields);
    // The call keeps its head until it ends.
    const headBytes = head.ownBytes > FREE_HEAD_BYTES ? head.ownBytes : 0;
    if (headBytes > 0 && !this.#options.requests.take(headBytes)) {
      this.#options.environment.onLimit('request_memory');
      return undefined;
    }
    const { origin } = route;
    return route.kind === 'unary'
      ? new NativeUnaryCall(id, { origin, headBytes })
      : new NativeStreamCall(id, { origin, headBytes });
  }

  /** The connection is gone. */
  close(): void {
    this.#options.answers.close();
    this.#options.requests.close();
  }

  #route(head: RequestHead): Route {
    const { methods, environment, certificate, answers, requests, connection, socket, others } = this.#options;
    if (others !== undefined && !isForGrpc(head)) {
      return { kind: 'other', open: others.route(head, { connection: connection(), socket, answers, requests }) };
    }
    const grpc = grpcHead(head);
    if (grpc.problem !== undefined) return { kind: 'refused', fields: responseTo(grpc.problem) };
    const mounted = methods.get(head.path);
    if (mounted === undefined) return { kind: 'refused', fields: failure(unimplemented(cut(head.path))) };
    const origin = { connection: connection(), certificate, answers, requests, environment, mounted, head, grpc };
    return { kind: mounted.method.kind === 'unary' ? 'unary' : 'stream', origin };
  }
}

function responseTo(problem: HeadProblem): readonly OutgoingField[] {
  switch (problem.kind) {
    case 'http':
      return [{ name: ':status', value: problem.status }];
    case 'timeout':
      return failure({ code: Code.INTERNAL, message: `malformed grpc-timeout: ${cut(problem.value)}` });
    case 'encoding':
      return failure({
        code: Code.UNIMPLEMENTED,
        message: `grpc: Decompressor is not installed for grpc-encoding "${cut(problem.value)}"`,
      });
    default:
      return assertNever(problem, 'problem');
  }
}

/** Text of a client in an answer to it: 64 KB of it, which a request can name in some bytes, would be a large answer. */
function cut(text: string): string {
  return text.length <= QUOTED_MAX ? text : `${text.slice(0, QUOTED_MAX)}...`;
}

function failure(status: Status): readonly OutgoingField[] {
  return trailersOnly(trailersOf(status, undefined, () => undefined));
}
