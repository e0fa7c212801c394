import type { Socket } from 'node:net';
import { assert, assertNever } from '../../util/assert.js';
import { MemberAnswers, type ConnectionAnswers } from '../answer-room.js';
import type { GrpcHostOptions, SocketHost } from '../host.js';
import { Connection, type NewRequest } from '../http2/connection.js';
import type { OutgoingField } from '../http2/hpack-encoder.js';
import { DEFAULT_LIMITS, type Http2Limits } from '../http2/limits.js';
import { ServerStream } from '../http2/stream.js';
import { Code, unimplemented, type Status } from '../status.js';
import { CallTallies } from '../tally.js';
import { Deadlines } from './deadlines.js';
import { grpcHead, type GrpcHead, type HeadProblem } from './grpc-head.js';
import type { CallEnvironment, MountedMethod } from './native-call.js';
import { NativeStreamCall } from './native-stream-call.js';
import { NativeUnaryCall } from './native-unary-call.js';
import { trailersOf, trailersOnly } from './responses.js';

export interface NativeHostOptions extends GrpcHostOptions {
  /** Bounds of each connection; default: DEFAULT_LIMITS. */
  readonly limits?: Partial<Http2Limits>;
}

const DEFAULT_MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
/** Time between two checks of all connections, in ms. */
const CHECK_MS = 1_000;

/** Data derived once from a request head. */
interface Derived {
  readonly grpc: GrpcHead;
  readonly mounted: MountedMethod | undefined;
}

/**
 * Serves a table of methods by gRPC over our own HTTP/2. It has no listener: sockets are handed over. Nothing that arrives on a
 * socket makes it throw.
 */
export class NativeHost implements SocketHost {
  readonly #options: NativeHostOptions;
  readonly #limits: Http2Limits;
  readonly #environment: CallEnvironment;
  readonly #methods = new Map<string, MountedMethod>();
  readonly #answers: MemberAnswers;
  readonly #connections = new Map<Connection, ConnectionAnswers>();
  readonly #waiters: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: NativeHostOptions) {
    const { methods, logger, tallies = new CallTallies(), answers = new MemberAnswers() } = options;
    this.#options = options;
    this.#answers = answers;
    this.#limits = {
      ...DEFAULT_LIMITS,
      ...defined({
        concurrentStreams: options.maxConcurrentStreams,
        keepaliveMs: options.keepaliveIntervalMs,
        keepaliveTimeoutMs: options.keepaliveTimeoutMs,
      }),
      ...options.limits,
    };
    const now = (): number => performance.now();
    const messageBytesMax = options.maxReceiveMessageBytes ?? DEFAULT_MESSAGE_BYTES_MAX;
    this.#environment = { logger, deadlines: new Deadlines(now), messageBytesMax, now };
    for (const method of methods) {
      assert(!this.#methods.has(method.path), `${method.path} is in the table twice`);
      this.#methods.set(method.path, { method, tally: tallies.of(method) });
    }
  }

  accept(socket: Socket): void {
    if (this.#closed !== undefined) {
      socket.destroy();
      return;
    }
    const { now } = this.#environment;
    const connection: Connection = new Connection({
      socket,
      handler: this,
      limits: this.#limits,
      now,
      onClose: () => this.#forget(connection),
      onViolation: (code, reason) => this.#options.logger.debug('a client broke a rule of HTTP/2', { code, reason }),
    });
    this.#connections.set(
      connection,
      this.#answers.connection(() => connection.destroy()),
    );
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS).unref();
    connection.start();
    socket.resume();
  }

  open(connection: Connection, request: NewRequest): ServerStream | undefined {
    const answers = this.#connections.get(connection);
    if (answers === undefined) return undefined;
    const { head } = request;
    head.derived ??= this.#derive(request);
    const { grpc, mounted } = head.derived as Derived;
    if (grpc.problem !== undefined) return new RefusedCall(connection, request, responseTo(grpc.problem));
    if (mounted === undefined) return new RefusedCall(connection, request, failure(unimplemented(head.path)));
    const options = { ...request, connection, answers, environment: this.#environment, mounted, grpc };
    if (mounted.method.kind === 'unary') return new NativeUnaryCall(options);
    return new NativeStreamCall(options);
  }

  #derive({ head }: NewRequest): Derived {
    return { grpc: grpcHead(head), mounted: this.#methods.get(head.path) };
  }

  close(options: { readonly graceMs: number }): Promise<void> {
    this.#closed ??= this.#close(options.graceMs);
    return this.#closed;
  }

  async #close(graceMs: number): Promise<void> {
    const over = new Promise<void>((resolve) => this.#waiters.push(resolve));
    for (const connection of this.#connections.keys()) connection.drain();
    const cut = setTimeout(() => {
      for (const connection of this.#connections.keys()) connection.destroy();
    }, graceMs);
    if (this.#connections.size > 0) await over;
    clearTimeout(cut);
  }

  #forget(connection: Connection): void {
    this.#connections.get(connection)?.close();
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const resolve of this.#waiters) resolve();
  }

  #check(): void {
    for (const connection of this.#connections.keys()) connection.check();
  }
}

/** A request that is answered without a handler. Its body is ignored. */
class RefusedCall extends ServerStream {
  readonly #connection: Connection;
  readonly #fields: readonly OutgoingField[];

  constructor(connection: Connection, { id, windows }: NewRequest, fields: readonly OutgoingField[]) {
    super(id, windows);
    this.#connection = connection;
    this.#fields = fields;
  }

  override onOpen(): void {
    this.#connection.end(this, this.#fields);
  }

  override onData(chunk: Buffer): void {
    this.#connection.release(chunk.length);
  }

  override onAbort(): void {
    // Nothing is under way.
  }

  override onSent(): void {
    // Nothing is queued.
  }
}

function responseTo(problem: HeadProblem): readonly OutgoingField[] {
  switch (problem.kind) {
    case 'http':
      return [{ name: ':status', value: problem.status }];
    case 'timeout':
      return failure({ code: Code.INTERNAL, message: `malformed grpc-timeout: ${problem.value}` });
    case 'encoding':
      return failure({
        code: Code.UNIMPLEMENTED,
        message: `grpc: Decompressor is not installed for grpc-encoding "${problem.value}"`,
      });
    default:
      return assertNever(problem, 'problem');
  }
}

function failure(status: Status): readonly OutgoingField[] {
  return trailersOnly(trailersOf(status, undefined, () => undefined));
}

/** Without the members that are undefined. */
function defined<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
