import { assert } from '../../util/assert.js';
import { EMPTY } from '../../util/bytes.js';
import type { AuthCommandKind } from '../auth/auth-commands.js';
import { WireReader } from '../format/wire.js';
import type { SessionCall } from '../sessions/session-call.js';
import { tagOf, varintSize, WIRE_LENGTH, WIRE_VARINT, writeVarint } from '../../util/protobuf-wire.js';

/** Identifies the call that waits for a command's answer. */
export interface RequestOrigin {
  /** The member that received the request. */
  readonly member: number;
  /** 32 random bits for each start of that member, so that an answer never reaches a call from before a restart. */
  readonly boot: number;
  readonly sequence: number;
}

/** The kinds that are contexts of configuration changes. */
export type MemberChangeKind = 'memberAdd' | 'memberPromote' | 'memberRemove' | 'memberRelocate';

export type LeaseCommandKind = 'leaseGrant' | 'leaseRevoke' | 'leaseExpire';

/** Commands of change feeds. */
export type FeedCommandKind = 'feedCreate' | 'feedDelete' | 'feedReset' | 'feedAck' | 'feedJoin';

/** Commands of members themselves: no request of a client becomes one. */
export type MemberCommandKind = 'memberUpdate' | 'autoCompaction' | 'memberAlarm';

/** The last is the leader's own. */
export type IndexCommandKind = 'indexCreate' | 'indexDrop' | 'indexBuild';
export type SessionCommandKind = 'sessionOpen' | 'sessionKeepAlive' | 'sessionClose' | 'sessionExpire';

export type CommandKind =
  | 'put'
  | 'deleteRange'
  | 'txn'
  | 'compaction'
  | 'alarm'
  | MemberCommandKind
  | MemberChangeKind
  | LeaseCommandKind
  | IndexCommandKind
  | SessionCommandKind
  | FeedCommandKind
  | AuthCommandKind;

/** The user who sent a command. */
export interface CommandUser {
  /** The name in UTF-8; not empty. */
  readonly bytes: Uint8Array;
  /** The auth revision at which the user was identified. */
  readonly authRevision: number;
}

/** A command for the state machine: the body of a log entry, in the format of proto/raftkv/command.proto. */
export interface Command {
  readonly origin: RequestOrigin;
  readonly kind: CommandKind;
  /** The encoded request, as it came from the client. */
  readonly request: Uint8Array;
  /** Undefined for commands of members, and while authentication is off. */
  readonly user?: CommandUser | undefined;
  /** Undefined for a command that is not of a client session. */
  readonly session?: SessionCall | undefined;
}

/**
 * An entry that this version cannot apply. Skipping it would make this member's state differ, so its applier stops.
 */
export class UnknownCommandError extends Error {
  override readonly name = 'UnknownCommandError';
}

const COMMAND_VERSION = 1;
const BODY_FIELDS: Readonly<Record<CommandKind, number>> = {
  put: 16,
  deleteRange: 17,
  txn: 18,
  compaction: 19,
  memberUpdate: 20,
  memberAdd: 21,
  memberPromote: 22,
  memberRemove: 23,
  memberRelocate: 24,
  leaseGrant: 25,
  leaseRevoke: 26,
  leaseExpire: 27,
  autoCompaction: 28,
  memberAlarm: 29,
  alarm: 30,
  authEnable: 32,
  authDisable: 33,
  tokenAssign: 34,
  userAdd: 35,
  userDelete: 36,
  userChangePassword: 37,
  userGrantRole: 38,
  userRevokeRole: 39,
  roleAdd: 40,
  roleDelete: 41,
  roleGrantPermission: 42,
  roleRevokePermission: 43,
  indexCreate: 48,
  indexDrop: 49,
  indexBuild: 50,
  sessionOpen: 56,
  sessionKeepAlive: 57,
  sessionClose: 58,
  sessionExpire: 59,
  feedCreate: 60,
  feedDelete: 61,
  feedReset: 62,
  feedAck: 63,
  feedJoin: 64,
};
const KINDS: ReadonlyMap<number, CommandKind> = new Map(
  Object.entries(BODY_FIELDS).map(([kind, field]) => [field, kind as CommandKind]),
);

const VERSION = tagOf(1, WIRE_VARINT);
const ORIGIN = tagOf(2, WIRE_VARINT);
const BOOT = tagOf(3, 5);
const SEQUENCE = tagOf(4, WIRE_VARINT);
const USER = tagOf(7, WIRE_LENGTH);
const AUTH_REVISION = tagOf(8, WIRE_VARINT);
const SESSION = tagOf(5, WIRE_VARINT);
const SESSION_SEQUENCE = tagOf(6, WIRE_VARINT);
const ACKNOWLEDGED = tagOf(9, WIRE_VARINT);

/**
 * Encodes a command without the codec: the request is copied once and not parsed.
 * @param room returns where the command goes. Default: memory of its own
 */
export function encodeCommand(
  { origin, kind, request, user, session }: Command,
  room: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafe(bytes),
): Uint8Array {
  assert(Number.isSafeInteger(origin.member) && Number.isSafeInteger(origin.sequence), 'origin of a command');
  const tag = tagOf(BODY_FIELDS[kind], WIRE_LENGTH);
  const size =
    9 +
    varintSize(origin.member) +
    varintSize(origin.sequence) +
    userBytes(user) +
    sessionBytes(session) +
    varintSize(tag) +
    varintSize(request.length);
  const bytes = room(size + request.length);
  bytes[0] = VERSION;
  bytes[1] = COMMAND_VERSION;
  bytes[2] = ORIGIN;
  let at = writeVarint(bytes, 3, origin.member);
  bytes[at] = BOOT;
  at = bytes.writeUInt32LE(origin.boot >>> 0, at + 1);
  bytes[at] = SEQUENCE;
  at = writeVarint(bytes, at + 1, origin.sequence);
  if (user !== undefined) at = writeUser(bytes, at, user);
  if (session !== undefined) at = writeSession(bytes, at, session);
  at = writeVarint(bytes, at, tag);
  at = writeVarint(bytes, at, request.length);
  bytes.set(request, at);
  return bytes;
}

function userBytes(user: CommandUser | undefined): number {
  if (user === undefined) return 0;
  const { bytes, authRevision } = user;
  return 2 + varintSize(bytes.length) + bytes.length + varintSize(authRevision);
}

/** @returns the offset behind it */
function writeUser(target: Buffer, offset: number, { bytes, authRevision }: CommandUser): number {
  target[offset] = USER;
  const at = writeVarint(target, offset + 1, bytes.length);
  target.set(bytes, at);
  target[at + bytes.length] = AUTH_REVISION;
  return writeVarint(target, at + bytes.length + 1, authRevision);
}

function sessionBytes(call: SessionCall | undefined): number {
  if (call === undefined) return 0;
  const { session, sequence, acknowledged } = call;
  return 3 + varintSize(session) + varintSize(sequence) + varintSize(acknowledged);
}

/** @returns the offset behind it */
function writeSession(target: Buffer, offset: number, { session, sequence, acknowledged }: SessionCall): number {
  target[offset] = SESSION;
  let at = writeVarint(target, offset + 1, session);
  target[at] = SESSION_SEQUENCE;
  at = writeVarint(target, at + 1, sequence);
  target[at] = ACKNOWLEDGED;
  return writeVarint(target, at + 1, acknowledged);
}

/**
 * Reads commands, each in place of the one before: all members read every command, and followers read it twice. It identifies
 * the caller of the one that it holds.
 */
export class CommandReader implements RequestOrigin {
  member = 0;
  boot = 0;
  sequence = 0;
  kind: CommandKind = 'put';
  /** The name of the user who sent it, as a view of its bytes; empty for none. */
  user: Uint8Array = EMPTY;
  /** That at which the user was identified; 0 without a user. */
  authRevision = 0;
  /** The client session that it is of; 0 for none. */
  session = 0;
  /** Its number in that session. */
  sessionSequence = 0;
  /** See `SessionCall`. */
  acknowledged = 0;
  /** The command's bytes, of which those from `start` on are the request. */
  data: Uint8Array = EMPTY;
  start = 0;

  /** @throws UnknownCommandError */
  read(data: Uint8Array): void {
    const reader = new WireReader(data);
    let version = 0;
    this.member = 0;
    this.boot = 0;
    this.sequence = 0;
    this.user = EMPTY;
    this.authRevision = 0;
    this.session = 0;
    this.sessionSequence = 0;
    this.acknowledged = 0;
    while (!reader.done) {
      const tag = reader.varint();
      if (tag === VERSION) version = reader.varint();
      else if (tag === ORIGIN) this.member = reader.varint();
      else if (tag === BOOT) this.boot = reader.fixed32();
      else if (tag === SEQUENCE) this.sequence = reader.varint();
      else if (tag === USER) this.user = reader.bytes();
      else if (tag === AUTH_REVISION) this.authRevision = reader.varint();
      else if (tag === SESSION) this.session = reader.varint();
      else if (tag === SESSION_SEQUENCE) this.sessionSequence = reader.varint();
      else if (tag === ACKNOWLEDGED) this.acknowledged = reader.varint();
      else {
        if (version !== COMMAND_VERSION) throw new UnknownCommandError(`a command of version ${version}`);
        const kind = (tag & 7) === WIRE_LENGTH ? KINDS.get(tag >>> 3) : undefined;
        if (kind === undefined) throw new UnknownCommandError(`a command with the field ${tag >>> 3}`);
        const start = reader.skipBytes();
        if (!reader.done) throw new UnknownCommandError('a command with more behind its body');
        this.kind = kind;
        this.data = data;
        this.start = start;
        return;
      }
    }
    throw new UnknownCommandError(`a command of version ${version} without a body`);
  }

  /** A view. */
  get request(): Uint8Array {
    return this.data.subarray(this.start);
  }

  /** The same caller, when this reader reads on. */
  origin(): RequestOrigin {
    const { member, boot, sequence } = this;
    return { member, boot, sequence };
  }
}

/** Decodes a command; `request` is a view. @throws UnknownCommandError */
export function decodeCommand(data: Uint8Array): Command {
  const reader = new CommandReader();
  reader.read(data);
  const { kind, request, user, authRevision } = reader;
  const { session, sessionSequence: sequence, acknowledged } = reader;
  return {
    origin: reader.origin(),
    kind,
    request,
    ...(user.length > 0 && { user: { bytes: user, authRevision } }),
    ...(session !== 0 && { session: { session, sequence, acknowledged } }),
  };
}
