import { assert } from '../../util/assert.js';
import { EMPTY } from '../../util/bytes.js';
import { tagOf, varintSize, WIRE_LENGTH, WIRE_VARINT, WireReader, writeVarint } from '../format/wire.js';

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

export type CommandKind =
  'put' | 'deleteRange' | 'txn' | 'compaction' | 'memberUpdate' | 'alarm' | MemberChangeKind | LeaseCommandKind;

/** A command for the state machine: the body of a log entry, in the format of proto/raftkv/command.proto. */
export interface Command {
  readonly origin: RequestOrigin;
  readonly kind: CommandKind;
  /** The encoded request, as it came from the client. */
  readonly request: Uint8Array;
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
  alarm: 30,
};
const KINDS: ReadonlyMap<number, CommandKind> = new Map([
  [16, 'put'],
  [17, 'deleteRange'],
  [18, 'txn'],
  [19, 'compaction'],
  [20, 'memberUpdate'],
  [21, 'memberAdd'],
  [22, 'memberPromote'],
  [23, 'memberRemove'],
  [24, 'memberRelocate'],
  [25, 'leaseGrant'],
  [26, 'leaseRevoke'],
  [27, 'leaseExpire'],
  [30, 'alarm'],
]);

const VERSION = tagOf(1, WIRE_VARINT);
const ORIGIN = tagOf(2, WIRE_VARINT);
const BOOT = tagOf(3, 5);
const SEQUENCE = tagOf(4, WIRE_VARINT);

/**
 * Encodes a command without the codec: the request is copied once and not parsed.
 * @param room returns where the command goes. Default: memory of its own
 */
export function encodeCommand(
  { origin, kind, request }: Command,
  room: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafe(bytes),
): Uint8Array {
  assert(Number.isSafeInteger(origin.member) && Number.isSafeInteger(origin.sequence), 'origin of a command');
  const size = 11 + varintSize(origin.member) + varintSize(origin.sequence) + varintSize(request.length);
  const bytes = room(size + request.length);
  bytes[0] = VERSION;
  bytes[1] = COMMAND_VERSION;
  bytes[2] = ORIGIN;
  let at = writeVarint(bytes, 3, origin.member);
  bytes[at] = BOOT;
  at = bytes.writeUInt32LE(origin.boot >>> 0, at + 1);
  bytes[at] = SEQUENCE;
  at = writeVarint(bytes, at + 1, origin.sequence);
  at = writeVarint(bytes, at, tagOf(BODY_FIELDS[kind], WIRE_LENGTH));
  at = writeVarint(bytes, at, request.length);
  bytes.set(request, at);
  return bytes;
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
    while (!reader.done) {
      const tag = reader.varint();
      if (tag === VERSION) version = reader.varint();
      else if (tag === ORIGIN) this.member = reader.varint();
      else if (tag === BOOT) this.boot = reader.fixed32();
      else if (tag === SEQUENCE) this.sequence = reader.varint();
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
  return { origin: reader.origin(), kind: reader.kind, request: reader.request };
}
