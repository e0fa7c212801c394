import { etcdserverpb, authpb } from '../../../src/gen/proto.js';
import { Table, tableOf } from '../../../src/kv/format/layout.js';
import { DIGEST_BYTES, FRAME_BODY, FrameKind } from '../../../src/kv/snapshot/frames.js';
import { readRows } from '../../../src/kv/snapshot/rows.js';
import { wholeMessage } from '../../../src/rpc/encoded-message.js';
import type {
  EncodedMessage,
  Method,
  StreamCall,
  StreamMethod,
  UnaryCall,
  UnaryMethod,
} from '../../../src/rpc/service.js';
import { Code, type Status } from '../../../src/rpc/status.js';
import { Schema } from '../../../src/schema/schema.js';
import { defined } from '../../../src/util/assert.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { messageType, randomMessage } from '../framework/messages.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance } from '../pick.js';
import { LoneMember } from './lone-member.js';

const BATCHES = 8;
const CALLS = 40;
/** Virtual time after which every call that does not wait for something is answered, in ms: their own limit is shorter. */
const ANSWER_MS = 5_000;
/** Calls that may wait as long as their caller wants, besides streams. */
const WAITING: ReadonlySet<string> = new Set([
  '/v3lockpb.Lock/Lock',
  '/v3electionpb.Election/Campaign',
  '/v3electionpb.Election/Proclaim',
]);
/** etcd's texts of errors that it does not give a code of their own. */
const UNCODED = /^(?:etcdserver|auth|election): |^"leader" field must be provided$/;

interface Answer {
  readonly status: Status | 'ok';
  readonly body?: Uint8Array;
}

/** One call, of either kind, whose caller may leave. */
class Call implements UnaryCall, StreamCall<unknown> {
  readonly certificate = undefined;
  cancelled = false;
  answer: Answer | undefined;
  readonly path: string;
  readonly isStream: boolean;
  readonly #token: string | undefined;
  readonly #callbacks: (() => void)[] = [];
  #onMessage: (message: unknown) => void = () => undefined;
  #onEnd: () => void = () => undefined;
  messages = 0;

  constructor({ path, kind }: Pick<Method, 'path' | 'kind'>, token: string | undefined) {
    this.path = path;
    this.isStream = kind !== 'unary';
    this.#token = token;
  }

  metadata(name: string): string | undefined {
    return name === 'token' || name === 'authorization' ? this.#token : undefined;
  }

  remainingMs(): undefined {
    return undefined;
  }

  onCancel(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  cancel(): void {
    if (this.answer !== undefined || this.cancelled) return;
    this.cancelled = true;
    for (const callback of this.#callbacks) callback();
  }

  respond(body: EncodedMessage): void {
    check(this.answer === undefined || this.cancelled, `${this.path}: two answers`);
    this.answer = { status: 'ok', body: wholeMessage(body) };
  }

  fail(status: Status): void {
    check(status.message !== '', `${this.path}: an error without a text`);
    this.answer ??= { status };
  }

  onMessage(callback: (message: unknown) => void): void {
    this.#onMessage = callback;
  }

  onEnd(callback: () => void): void {
    this.#onEnd = callback;
  }

  say(message: unknown): void {
    if (this.answer === undefined) this.#onMessage(message);
  }

  sayEnd(): void {
    if (this.answer === undefined) this.#onEnd();
  }

  send(): boolean {
    this.messages += 1;
    return true;
  }

  onDrain(): void {
    // It takes everything at once.
  }

  pause(): void {
    // What was said has been read.
  }

  resume(): void {
    // As above.
  }

  end(): void {
    this.answer ??= { status: 'ok' };
  }
}

let schema: Schema | undefined;

/**
 * Bytes of requests for every RPC, through the decoding, admission and execution of a member, with and without users: every
 * call is answered, no answer blames the server, the member lives on, and replays its log to the same state.
 */
export async function memberCalls(trial: Trial): Promise<void> {
  const { random } = trial;
  schema ??= Schema.load();
  const member = new LoneMember(randomInteger(random, 0, 2 ** 32));
  await member.start();
  const tokens = chance(random, 0.5) ? [undefined] : await enableAuth(member);
  const known: Buffer[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const calls: { readonly call: Call; readonly bytes: Buffer }[] = [];
    for (let count = 0; count < CALLS; count += 1) {
      const method = anyMethod(random, member.assembly.methods);
      const messages = Array.from({ length: method.kind === 'bidi' ? randomInteger(random, 1, 4) : 1 }, () =>
        randomRequest(random, method.path, known),
      );
      const call = new Call(method, tokens[randomInteger(random, 0, tokens.length)]);
      calls.push({ call, bytes: Buffer.concat(messages) });
      trial.count(messages.length);
      begin(random, { call, method, messages });
      if (chance(random, 0.05)) call.cancel();
    }
    await member.time.advance(1);
    for (let waitedMs = 0; waitedMs < ANSWER_MS && calls.some(({ call }) => isOpen(call)); waitedMs += 100)
      await member.time.advance(100);
    for (const { call, bytes } of calls) checkAnswer(call, bytes);
    for (const { call } of calls) call.cancel();
    await member.time.advance(1);
    check(
      member.end === undefined,
      `the member has ended: ${member.end instanceof Error ? String(member.end.stack) : String(member.end)}`,
    );
  }
  await checkReplay(random, member);
  await member.stop();
}

function anyMethod(random: Random, methods: readonly Method[]): Method {
  return defined(methods[randomInteger(random, 0, methods.length)], 'a method');
}

function isOpen(call: Call): boolean {
  return call.answer === undefined && !call.cancelled && !call.isStream && !WAITING.has(call.path);
}

function randomRequest(random: Random, path: string, known: Buffer[]): Buffer {
  const { request } = defined(defined(schema, 'the schema').methods.get(path.replace('v1alpha', 'v1')), path);
  const valid = randomMessage(random, messageType(request.name));
  known.push(valid);
  if (known.length > 100) known.shift();
  const bytes = chance(random, 0.7) ? valid : mutated(random, valid, known);
  // Only a learner: a voter that does not exist would leave this one without a quorum.
  return path === '/etcdserverpb.Cluster/MemberAdd' ? Buffer.concat([bytes, Buffer.from([0x10, 1])]) : bytes;
}

/** As the hosts do: what cannot be decoded does not reach the handler. */
function begin(
  random: Random,
  { call, method, messages }: { readonly call: Call; readonly method: Method; readonly messages: readonly Buffer[] },
): void {
  const decoded: unknown[] = [];
  for (const bytes of messages) {
    try {
      decoded.push((method as unknown as UnaryMethod<unknown>).decode(bytes));
    } catch (error) {
      check(error instanceof Error, String(error));
      if (method.kind !== 'bidi') {
        call.cancel();
        return;
      }
    }
  }
  if (method.kind === 'unary') {
    (method as unknown as UnaryMethod<unknown>).handle(call, decoded[0]);
    return;
  }
  (method as unknown as StreamMethod<unknown>).handle(call);
  for (const message of decoded) call.say(message);
  if (method.kind === 'server-stream' || chance(random, 0.7)) call.sayEnd();
}

function checkAnswer(call: Call, bytes: Buffer): void {
  const { answer, path } = call;
  const input = `${path} ${bytes.toString('hex').slice(0, 1_000)}`;
  if (answer === undefined) {
    check(!isOpen(call), `no answer: ${input}`);
    return;
  }
  if (answer.status === 'ok') return;
  const { code, message } = answer.status;
  // Undecodable bytes are answered by the host with INTERNAL.
  check(code !== Code.INTERNAL && (code !== Code.UNKNOWN || UNCODED.test(message)), `${code} ${message}: ${input}`);
}

/** Users: root, and one who may use some keys. @returns tokens, some of them of nobody */
async function enableAuth(member: LoneMember): Promise<readonly (string | undefined)[]> {
  const p = etcdserverpb;
  const name = 'fuzz-user';
  for (const user of ['root', name])
    await done(member, 'Auth/UserAdd', p.AuthUserAddRequest.encode({ name: user, password: user }).finish());
  await done(member, 'Auth/RoleAdd', p.AuthRoleAddRequest.encode({ name: 'fuzz-role' }).finish());
  const perm = { permType: authpb.Permission.Type.READWRITE, key: Buffer.from('a'), rangeEnd: Buffer.from('l') };
  await done(
    member,
    'Auth/RoleGrantPermission',
    p.AuthRoleGrantPermissionRequest.encode({ name: 'fuzz-role', perm }).finish(),
  );
  await done(
    member,
    'Auth/UserGrantRole',
    p.AuthUserGrantRoleRequest.encode({ user: name, role: 'fuzz-role' }).finish(),
  );
  await done(member, 'Auth/UserGrantRole', p.AuthUserGrantRoleRequest.encode({ user: 'root', role: 'root' }).finish(), [
    'etcdserver: role name not found',
  ]);
  await done(member, 'Auth/AuthEnable', Buffer.alloc(0));
  const tokens: string[] = [];
  for (const user of [name, 'root']) {
    const body = await done(
      member,
      'Auth/Authenticate',
      p.AuthenticateRequest.encode({ name: user, password: user }).finish(),
    );
    tokens.push(p.AuthenticateResponse.decode(body).token);
  }
  return [undefined, 'nobody.7', ...tokens];
}

/** Makes a call that must succeed, or fail with one of these texts. */
async function done(
  member: LoneMember,
  name: string,
  request: Uint8Array,
  mayFail: readonly string[] = [],
  token?: string,
): Promise<Uint8Array> {
  const path = `/etcdserverpb.${name}`;
  const method = defined(
    member.assembly.methods.find((found) => found.path === path),
    path,
  ) as unknown as UnaryMethod<unknown>;
  const call = new Call({ path, kind: 'unary' }, token);
  method.handle(call, method.decode(request));
  await member.time.until(`an answer to ${path}`, () => call.answer !== undefined);
  const { status, body = Buffer.alloc(0) } = defined(call.answer, 'an answer');
  check(status === 'ok' || mayFail.includes(status.message), `${path}: ${status === 'ok' ? '' : status.message}`);
  return body;
}

/** The state after a restart, from the log and what the engine had written, is the same. */
async function checkReplay(random: Random, member: LoneMember): Promise<void> {
  const before = await stateOf(member);
  await member.restart(random);
  const after = await stateOf(member);
  check(before === after, `state ${after} after a restart, ${before} before`);
  check(member.end === undefined, `the member does not live after a restart: ${String(member.end)}`);
}

/** All that is replicated but the position in the log: a restart adds entries. */
async function stateOf(member: LoneMember): Promise<string> {
  const { store } = member.assembly;
  const hash = await member.time.wait(store.hashKv(store.revision()));
  const { enabled, revision, users, roles } = store.auth();
  const rows: string[] = [];
  const snapshot = store.openSnapshot();
  for await (const frame of snapshot.frames()) {
    if (frame[0] !== FrameKind.rows) continue;
    for (const { key, value } of readRows(frame.subarray(FRAME_BODY, frame.length - DIGEST_BYTES))) {
      if (KEPT_TABLES.has(tableOf(key) ?? -1))
        rows.push(`${Buffer.from(key).toString('hex')}=${Buffer.from(value).toString('hex')}`);
    }
  }
  snapshot.close();
  return JSON.stringify([store.revision(), hash, enabled, revision, users.size, roles.size, rows]);
}

/** Tables whose rows depend on nothing but the log. */
const KEPT_TABLES: ReadonlySet<number> = new Set([
  Table.current,
  Table.members,
  Table.leases,
  Table.removed,
  Table.leased,
  Table.alarms,
  Table.auth,
]);
