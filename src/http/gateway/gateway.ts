import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Method, StreamMethod, UnaryMethod } from '../../rpc/service.js';
import { Code } from '../../rpc/status.js';
import { CallTallies, type CallTally } from '../../rpc/tally.js';
import type { Schema } from '../../schema/schema.js';
import { assertNever, defined } from '../../util/assert.js';
import type { Logger } from '../../util/logger.js';
import { answerError } from '../answers.js';
import type { Route } from '../router.js';
import { HttpBidiCall } from './bidi-call.js';
import { readBody, type Body } from './body.js';
import { CallSlots } from './call-slots.js';
import { MethodCodec } from './codec.js';
import type { Exchange } from './http-call.js';
import { PATHS } from './paths.js';
import { HttpServerStreamCall } from './stream-call.js';
import { HttpUnaryCall } from './unary-call.js';

export interface GatewayOptions {
  readonly methods: readonly Method[];
  readonly schema: Schema;
  /** Of an encoded message, in bytes: what gRPC would take. */
  readonly messageBytesMax: number;
  readonly logger: Logger;
  /** Calls that may run at the same time; more wait. Default: any number. */
  readonly callsMax?: number;
  /** Where calls are counted: they are calls of the same methods. Default: nobody looks. */
  readonly tallies?: CallTallies;
  /** Where methods are served; a test brings its own. */
  readonly paths?: Readonly<Record<string, readonly string[]>>;
}

/** Base64 takes a third more than the bytes it stands for, and names and escapes want their room too. */
const JSON_FACTOR = 2;

/** The routes of the JSON gateway: one for each path of each method that is served and has one. */
export function gatewayRoutes(options: GatewayOptions): ReadonlyMap<string, Route> {
  const { methods, schema, messageBytesMax, paths = PATHS, tallies = new CallTallies(), logger } = options;
  const slots = new CallSlots(options.callsMax ?? Infinity);
  const routes = new Map<string, Route>();
  for (const method of methods) {
    const served = paths[method.path];
    if (served === undefined) continue;
    const type = defined(schema.methods.get(method.path), `the types of ${method.path}`);
    const tally = tallies.of(method);
    const codec = new MethodCodec({ type, method, bytesMax: messageBytesMax, tally });
    const handle = handler(method, codec, { logger, tally, slots, bodyBytesMax: JSON_FACTOR * messageBytesMax });
    for (const path of served) routes.set(path, { allow: 'POST', handle });
  }
  return routes;
}

interface HandlerOptions {
  readonly logger: Logger;
  readonly tally: CallTally;
  readonly slots: CallSlots;
  /** Of a body, or of one value of a stream. */
  readonly bodyBytesMax: number;
}

function handler(
  method: Method,
  codec: MethodCodec,
  { logger, tally, slots, bodyBytesMax }: HandlerOptions,
): Route['handle'] {
  const exchangeOf = (request: IncomingMessage, response: ServerResponse): Exchange => ({
    request,
    response,
    path: method.path,
    logger,
    tally,
  });
  switch (method.kind) {
    case 'unary': {
      const unary = method as unknown as UnaryMethod<unknown>;
      return (request, response) =>
        withBody(request, response, bodyBytesMax, (bytes) =>
          slots.take(response, () => new HttpUnaryCall(exchangeOf(request, response), codec).run(unary, bytes)),
        );
    }
    case 'server-stream': {
      const stream = method as unknown as StreamMethod<unknown>;
      return (request, response) =>
        withBody(request, response, bodyBytesMax, (bytes) =>
          slots.take(response, () => new HttpServerStreamCall(exchangeOf(request, response), codec).run(stream, bytes)),
        );
    }
    case 'bidi': {
      const stream = method as unknown as StreamMethod<unknown>;
      return (request, response) =>
        slots.take(response, () => new HttpBidiCall(exchangeOf(request, response), codec, bodyBytesMax).run(stream));
    }
    default:
      return assertNever(method, 'method');
  }
}

function withBody(
  request: IncomingMessage,
  response: ServerResponse,
  bytesMax: number,
  run: (bytes: Buffer) => void,
): void {
  readBody(request, bytesMax, (body) => {
    if (response.destroyed) return;
    if (body.kind === 'whole') return run(body.bytes);
    // What is left of the body is not wanted: the connection ends with the answer.
    response.setHeader('connection', 'close');
    const { http, code, message } = refusal(body, bytesMax);
    answerError(response, http, { code, message });
  });
}

function refusal(
  body: Exclude<Body, { kind: 'whole' }>,
  bytesMax: number,
): { http: number; code: Code; message: string } {
  switch (body.kind) {
    case 'too-large':
      return { http: 413, code: Code.RESOURCE_EXHAUSTED, message: `request body larger than max (${bytesMax} bytes)` };
    case 'too-slow':
      return { http: 408, code: Code.DEADLINE_EXCEEDED, message: 'request body took too long' };
    default:
      return assertNever(body);
  }
}
