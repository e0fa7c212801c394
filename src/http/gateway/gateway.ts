import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Method, StreamMethod, UnaryMethod } from '../../rpc/service.js';
import { MemberAnswers } from '../../rpc/answer-room.js';
import { Code, unimplemented } from '../../rpc/status.js';
import { CallTallies, type CallTally } from '../../rpc/tally.js';
import type { Schema } from '../../schema/schema.js';
import { assertNever, defined } from '../../util/assert.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { Logger } from '../../util/logger.js';
import { SharedTurns } from '../../util/slices.js';
import { answerError } from '../answers.js';
import type { JsonValue } from '../json/json-text.js';
import type { Route } from '../router.js';
import { HttpBidiCall } from './bidi-call.js';
import { BodyBudget } from './body-budget.js';
import { readBody, type Body, type BodyLimits } from './body.js';
import { CallSlots } from './call-slots.js';
import { failure, isTooMuch, MethodCodec } from './codec.js';
import { HANDLER_FAILED, type Exchange } from './http-call.js';
import { PATHS } from './paths.js';
import { httpStatus } from './status-codes.js';
import { HttpServerStreamCall } from './stream-call.js';
import { HttpUnaryCall } from './unary-call.js';

export interface GatewayOptions {
  readonly methods: readonly Method[];
  readonly schema: Schema;
  /** Largest encoded message, in bytes: gRPC's bound. */
  readonly messageBytesMax: number;
  readonly logger: Logger;
  /** Calls that may run at the same time; more wait. Default: any number. */
  readonly callsMax?: number;
  /** The memory for unsent answers, shared with gRPC. Default: its own. */
  readonly answers?: MemberAnswers;
  /** Operations that each list of a transaction may have; bounds the JSON values of a request, to at least 50,000. */
  readonly txnOpsMax?: number;
  /** Counts calls, together with those over gRPC. Default: not counted. */
  readonly tallies?: CallTallies;
  /** Called when a client exceeds a bound. Default: not counted. */
  readonly onLimit?: OnLimit;
  /** The paths of each method. Default: etcd's. */
  readonly paths?: Readonly<Record<string, readonly string[]>>;
}

/** Base64 takes a third more room than its bytes, and names and escapes take some too. */
const JSON_FACTOR = 2;
/** Bodies of the largest size that may be in memory at the same time. */
const LARGEST_BODIES_MAX = 32;
/** JSON values in one request, however deep, unless transactions may have many operations. */
const ELEMENTS_MAX = 50_000;
/** JSON values for each operation that a transaction may have in each of its three lists. */
const ELEMENTS_PER_OP = 16;

/** The routes of the JSON gateway: one for each path of each method. Methods that are not served answer Unimplemented. */
export function gatewayRoutes(options: GatewayOptions): ReadonlyMap<string, Route> {
  const { methods, schema, messageBytesMax, paths = PATHS, tallies = new CallTallies(), logger } = options;
  const { onLimit = () => undefined } = options;
  const memberAnswers = options.answers ?? new MemberAnswers();
  const slots = new CallSlots(options.callsMax ?? Infinity, onLimit);
  const turns = new SharedTurns();
  const bytesMax = JSON_FACTOR * messageBytesMax;
  const limits: BodyLimits = {
    bytesMax,
    elementsMax: Math.max(ELEMENTS_MAX, ELEMENTS_PER_OP * (options.txnOpsMax ?? 0)),
    budget: new BodyBudget(LARGEST_BODIES_MAX * bytesMax),
    onLimit,
  };
  const routes = new Map<string, Route>();
  for (const [method, unserved] of Object.entries(paths)) {
    for (const path of unserved) routes.set(path, { allow: 'POST', handle: refuser(method) });
  }
  for (const method of methods) {
    const served = paths[method.path];
    if (served === undefined) continue;
    const type = defined(schema.methods.get(method.path), `the types of ${method.path}`);
    const tally = tallies.of(method);
    const codec = new MethodCodec({ type, method, bytesMax: messageBytesMax, tally, turns, onLimit });
    const handle = handler(method, codec, { logger, tally, turns, slots, limits, memberAnswers });
    for (const path of served) routes.set(path, { allow: 'POST', handle });
  }
  return routes;
}

function refuser(method: string): Route['handle'] {
  return (_request, response) => answerError(response, httpStatus(Code.UNIMPLEMENTED), unimplemented(method));
}

interface HandlerOptions {
  readonly logger: Logger;
  readonly tally: CallTally;
  readonly turns: SharedTurns;
  readonly slots: CallSlots;
  readonly memberAnswers: MemberAnswers;
  /** Of a body, or of each value of a stream. */
  readonly limits: BodyLimits;
}

function handler(
  method: Method,
  codec: MethodCodec,
  { logger, tally, turns, slots, limits, memberAnswers }: HandlerOptions,
): Route['handle'] {
  const exchangeOf = (request: IncomingMessage, response: ServerResponse): Exchange => ({
    request,
    response,
    path: method.path,
    logger,
    tally,
    turns,
    memberAnswers,
  });
  switch (method.kind) {
    case 'unary': {
      const unary = method as unknown as UnaryMethod<unknown>;
      return (request, response) =>
        withBody(exchangeOf(request, response), limits, (json) =>
          slots.take(response, () => new HttpUnaryCall(exchangeOf(request, response), codec).run(unary, json)),
        );
    }
    case 'server-stream': {
      const stream = method as unknown as StreamMethod<unknown>;
      return (request, response) =>
        withBody(exchangeOf(request, response), limits, (json) =>
          slots.take(response, () => new HttpServerStreamCall(exchangeOf(request, response), codec).run(stream, json)),
        );
    }
    case 'bidi': {
      const stream = method as unknown as StreamMethod<unknown>;
      return (request, response) =>
        slots.take(response, () => new HttpBidiCall(exchangeOf(request, response), codec, limits).run(stream));
    }
    default:
      return assertNever(method, 'method');
  }
}

function withBody(exchange: Exchange, limits: BodyLimits, run: (json: JsonValue | undefined) => void): void {
  const { request, response } = exchange;
  readBody(exchange, limits, (body) => {
    if (response.destroyed) return;
    if (body.kind === 'value') return run(body.value);
    // The rest of a short body is read and dropped, so that its client, still sending, gets the answer.
    const lengthBytes = Number(request.headers['content-length'] ?? Infinity);
    if (lengthBytes <= limits.bytesMax) request.resume();
    else if (!request.complete) response.setHeader('connection', 'close');
    const { http, code, message } = refusal(body, exchange, limits);
    answerError(response, http, { code, message });
  });
}

function refusal(
  body: Exclude<Body, { kind: 'value' }>,
  { logger, path }: Exchange,
  { bytesMax, onLimit }: BodyLimits,
): { http: number; code: Code; message: string } {
  switch (body.kind) {
    case 'too-large':
      onLimit('request_bytes');
      return { http: 413, code: Code.RESOURCE_EXHAUSTED, message: `request body larger than max (${bytesMax} bytes)` };
    case 'too-slow':
      onLimit('request_time');
      return { http: 408, code: Code.DEADLINE_EXCEEDED, message: 'request body took too long' };
    case 'no-room':
      onLimit('request_memory');
      return { http: 429, code: Code.RESOURCE_EXHAUSTED, message: 'too many request bodies at the same time' };
    case 'bad': {
      const found = failure(body.error);
      if (isTooMuch(found)) onLimit('json_values');
      if (found.kind === 'refused') return { http: httpStatus(found.status.code), ...found.status };
      logger.error('a request body could not be read', { method: path, error: found.error });
      return { http: 500, ...HANDLER_FAILED };
    }
    default:
      return assertNever(body);
  }
}
