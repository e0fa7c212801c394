import { etcdserverpb, raftkv, raftkvpb } from '../../gen/proto.js';
import type { ConfChange } from '../../raft/types.js';
import { putShape } from '../format/put-request.js';
import { commandOf } from '../membership/member-change.js';
import { CommandReader, UnknownCommandError, type CommandKind, type MemberChangeKind } from './command.js';

/*
 * An entry that cannot be decoded stops the applier of every member that has it in its log, at each start. So members
 * refuse such entries before they append them. The decoders are those of the applier (apply-command.ts).
 */

type Decoder = (body: Uint8Array) => unknown;

/**
 * Bodies of commands in normal entries, but puts; changes of the members belong into configuration changes. A kind without a
 * decoder would be refused by all followers, and stop the log.
 */
const DECODERS: Readonly<Record<Exclude<CommandKind, 'put' | MemberChangeKind>, Decoder>> = {
  deleteRange: (body) => etcdserverpb.DeleteRangeRequest.decode(body),
  txn: (body) => etcdserverpb.TxnRequest.decode(body),
  compaction: (body) => etcdserverpb.CompactionRequest.decode(body),
  memberUpdate: (body) => raftkv.MemberRecord.decode(body),
  leaseGrant: (body) => etcdserverpb.LeaseGrantRequest.decode(body),
  leaseRevoke: (body) => etcdserverpb.LeaseRevokeRequest.decode(body),
  leaseExpire: (body) => raftkv.LeaseExpiry.decode(body),
  sessionOpen: (body) => raftkv.SessionOpening.decode(body),
  sessionKeepAlive: (body) => raftkvpb.SessionKeepAliveRequest.decode(body),
  sessionClose: (body) => raftkvpb.SessionCloseRequest.decode(body),
  sessionExpire: (body) => raftkv.SessionExpiry.decode(body),
  autoCompaction: (body) => etcdserverpb.CompactionRequest.decode(body),
  alarm: (body) => etcdserverpb.AlarmRequest.decode(body),
  memberAlarm: (body) => etcdserverpb.AlarmRequest.decode(body),
  authEnable: (body) => etcdserverpb.AuthEnableRequest.decode(body),
  authDisable: (body) => etcdserverpb.AuthDisableRequest.decode(body),
  tokenAssign: (body) => raftkv.TokenAssignment.decode(body),
  userAdd: (body) => etcdserverpb.AuthUserAddRequest.decode(body),
  userDelete: (body) => etcdserverpb.AuthUserDeleteRequest.decode(body),
  userChangePassword: (body) => etcdserverpb.AuthUserChangePasswordRequest.decode(body),
  userGrantRole: (body) => etcdserverpb.AuthUserGrantRoleRequest.decode(body),
  userRevokeRole: (body) => etcdserverpb.AuthUserRevokeRoleRequest.decode(body),
  roleAdd: (body) => etcdserverpb.AuthRoleAddRequest.decode(body),
  roleDelete: (body) => etcdserverpb.AuthRoleDeleteRequest.decode(body),
  roleGrantPermission: (body) => etcdserverpb.AuthRoleGrantPermissionRequest.decode(body),
  roleRevokePermission: (body) => etcdserverpb.AuthRoleRevokePermissionRequest.decode(body),
  indexCreate: (body) => raftkvpb.IndexCreateRequest.decode(body),
  indexDrop: (body) => raftkvpb.IndexDropRequest.decode(body),
  indexBuild: (body) => raftkv.IndexSlice.decode(body),
  feedCreate: (body) => raftkvpb.FeedCreateRequest.decode(body),
  feedDelete: (body) => raftkvpb.FeedDeleteRequest.decode(body),
  feedReset: (body) => raftkvpb.FeedResetRequest.decode(body),
  feedAck: (body) => raftkvpb.FeedAckRequest.decode(body),
  feedJoin: (body) => raftkv.FeedJoin.decode(body),
};

/** Whether the data of a normal entry is a command that this version can apply. Empty data is a no-op. */
export function isReadableCommand(data: Uint8Array): boolean {
  if (data.length === 0) return true;
  try {
    return isCommand(data);
  } catch (error) {
    if (isDecodeError(error)) return false;
    throw error; // a bug in a decoder
  }
}

const decoders: Readonly<Partial<Record<CommandKind, Decoder>>> = DECODERS;
const command = new CommandReader();

function isCommand(data: Uint8Array): boolean {
  command.read(data);
  if (command.kind === 'put') {
    putShape(data, command.start);
    return true;
  }
  const decode = decoders[command.kind];
  if (decode === undefined) return false;
  decode(command.request);
  return true;
}

/** Whether the context of a configuration change is one that this version can apply. */
export function isReadableChange(change: ConfChange): boolean {
  try {
    commandOf(change);
    return true;
  } catch (error) {
    if (isDecodeError(error)) return false;
    throw error; // a bug in a decoder
  }
}

/** Whether a decoder throws this error on bytes that it cannot read. protobufjs throws RangeError and plain Error. */
function isDecodeError(error: unknown): boolean {
  if (error instanceof UnknownCommandError || error instanceof RangeError) return true;
  return error instanceof Error && error.constructor === Error;
}
