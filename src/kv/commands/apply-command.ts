import { admit, needsUser } from '../auth/admission.js';
import { applyAuthCommand, type AuthCommandKind } from '../auth/auth-commands.js';
import type { Rights } from '../auth/auth-state.js';
import { ackFeeds, checkAcks } from '../feeds/acks.js';
import { breakFeeds, createFeed, deleteFeed, joinFeed, mayEnd, resetFeed } from '../feeds/commands.js';
import { etcdserverpb, raftkv, raftkvpb } from '../../gen/proto.js';
import { assertNever } from '../../util/assert.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { applyAlarm, refusalBy } from './alarms.js';
import { AnswerBudget } from './answer-budget.js';
import { hasPuts } from './checks.js';
import { UnknownCommandError, type CommandReader } from './command.js';
import type { CommandContext, Effect } from './command-context.js';
import { isPermitted } from './permitted.js';
import type { Draft } from './draft.js';
import { kvError } from '../errors.js';
import { readPlainTxn, type PlainTxn } from '../format/plain-txn.js';
import { readPut } from '../format/put-request.js';
import { buildSlice, createIndex, removeIndex } from '../indexes/index-commands.js';
import { expireLease, grantLease, revokeLease } from '../leases/lease-commands.js';
import { applyOnce, userOf } from '../sessions/once.js';
import {
  closeSession,
  expireSession,
  keepSessionAlive,
  openSession,
  type SessionContext,
} from '../sessions/session-commands.js';
import { decodeMember, memberRow, type Member } from '../membership/members.js';
import { applyPlainTxn } from './plain-txn.js';
import { applyTxn, type TxnOutcome } from './txn.js';
import { applyPut, deleteRange, emptyBody } from './writes.js';

/**
 * Executes one command. A put, the most frequent command, returns no promise. An error of the command is its effect.
 * A thrown error is fatal: the log holds bytes that are not such a request.
 */
export function applyCommand(context: CommandContext, command: CommandReader): Effect | Promise<Effect> {
  if (command.session !== 0) return applyOnce(context, command, () => applyNow(context, command));
  return applyNow(context, command);
}

function applyNow(context: CommandContext, command: CommandReader): Effect | Promise<Effect> {
  const { kind } = command;
  const refused = kind === 'txn' ? undefined : refusalBy(context.alarms, kind);
  if (refused !== undefined) return refused;
  if (!context.auth.enabled || !needsUser(kind)) return execute(context, command, undefined);
  const admitted = admit(context.auth, command);
  return admitted.kind === 'rights' ? execute(context, command, admitted) : admitted;
}

/** @param rights of the command's user; undefined if it needs none */
function execute(
  context: CommandContext,
  command: CommandReader,
  rights: Rights | undefined,
): Effect | Promise<Effect> {
  const { draft } = context;
  const { kind } = command;
  if (kind === 'put') {
    const put = readPut(command.data, command.start);
    if (rights === undefined || rights.isRoot) return applyPut(draft, put);
    return permitted(isPermitted(draft, rights, { kind, put }), () => applyPut(draft, put));
  }
  const { request } = command;
  switch (kind) {
    case 'deleteRange': {
      const deleteRequest = etcdserverpb.DeleteRangeRequest.decode(request);
      return permitted(isPermitted(draft, rights, { kind, deletion: deleteRequest }), () =>
        deletion(context, deleteRequest),
      );
    }
    case 'txn': {
      // Permissions are checked on the decoded request.
      const plain = rights === undefined || rights.isRoot ? readPlainTxn(command.data, command.start) : undefined;
      if (plain !== undefined) return refusalBy(context.alarms, 'txn', () => true) ?? plainTxn(context, plain);
      const txnRequest = etcdserverpb.TxnRequest.decode(request);
      const full = refusalBy(context.alarms, 'txn', () => hasPuts(txnRequest));
      if (full !== undefined) return full;
      return permitted(isPermitted(draft, rights, { kind, txn: txnRequest }), () => txn(context, txnRequest, rights));
    }
    case 'compaction':
    case 'autoCompaction':
      return compact(draft, etcdserverpb.CompactionRequest.decode(request));
    case 'memberUpdate':
      return updateMember(context, decodeMember(request));
    case 'leaseGrant':
      return grantLease(draft, etcdserverpb.LeaseGrantRequest.decode(request), context.entry);
    case 'leaseRevoke': {
      const lease = toBigInt(etcdserverpb.LeaseRevokeRequest.decode(request).ID);
      if (!mayEnd(draft, lease, rights)) return kvError('permission-denied');
      return permitted(isPermitted(draft, rights, { kind, lease }), () => revokeLease(draft, lease));
    }
    case 'leaseExpire':
      return expireLease(draft, raftkv.LeaseExpiry.decode(request), context.entry);
    case 'sessionOpen':
      return openSession(sessionContext(context, command, rights), raftkv.SessionOpening.decode(request));
    case 'sessionKeepAlive':
      return keepSessionAlive(
        sessionContext(context, command, rights),
        raftkvpb.SessionKeepAliveRequest.decode(request),
      );
    case 'sessionClose':
      return closeSession(sessionContext(context, command, rights), raftkvpb.SessionCloseRequest.decode(request));
    case 'sessionExpire':
      return expireSession(context, raftkv.SessionExpiry.decode(request));
    case 'alarm': {
      const alarmRequest = etcdserverpb.AlarmRequest.decode(request);
      const isQuery = alarmRequest.action === etcdserverpb.AlarmRequest.AlarmAction.GET;
      return permitted(rights === undefined || rights.isRoot || isQuery, () => alarm(context, alarmRequest));
    }
    case 'memberAlarm':
      return alarm(context, etcdserverpb.AlarmRequest.decode(request));
    case 'memberAdd':
    case 'memberPromote':
    case 'memberRemove':
    case 'memberRelocate':
      throw new UnknownCommandError(`a ${kind} in an entry that is no change of the configuration`);
    case 'indexCreate':
      return createIndex(draft, raftkvpb.IndexCreateRequest.decode(request));
    case 'indexDrop':
      return removeIndex(draft, raftkvpb.IndexDropRequest.decode(request));
    case 'indexBuild':
      return buildSlice(draft, raftkv.IndexSlice.decode(request));
    case 'authEnable':
    case 'authDisable':
    case 'tokenAssign':
    case 'userAdd':
    case 'userDelete':
    case 'userChangePassword':
    case 'userGrantRole':
    case 'userRevokeRole':
    case 'roleAdd':
    case 'roleDelete':
    case 'roleGrantPermission':
    case 'roleRevokePermission':
      return authCommand(context, kind, request);
    case 'feedCreate':
      return createFeed(draft, raftkvpb.FeedCreateRequest.decode(request), context.entry);
    case 'feedDelete':
      return deleteFeed(draft, raftkvpb.FeedDeleteRequest.decode(request));
    case 'feedReset':
      return resetFeed(draft, raftkvpb.FeedResetRequest.decode(request));
    case 'feedAck':
      return ackFeeds(draft, raftkvpb.FeedAckRequest.decode(request), rights);
    case 'feedJoin':
      return joinFeed(draft, raftkv.FeedJoin.decode(request), { index: context.entry.index, rights });
    default:
      return assertNever(kind, 'command');
  }
}

function sessionContext(
  { sessions, draft, entry }: CommandContext,
  command: CommandReader,
  rights: Rights | undefined,
): SessionContext {
  return { sessions, draft, entry, user: userOf(command), rights };
}

/** Runs a command if its user has the permissions that it needs. */
function permitted(
  isAllowed: boolean | Promise<boolean>,
  run: () => Effect | Promise<Effect>,
): Effect | Promise<Effect> {
  if (isAllowed === true) return run();
  if (isAllowed === false) return kvError('permission-denied');
  return isAllowed.then((found) => permitted(found, run));
}

function authCommand(context: CommandContext, kind: AuthCommandKind, request: Uint8Array): Effect {
  const outcome = applyAuthCommand(context.auth, { kind, request, index: context.entry.index });
  if (outcome.kind !== 'changed') return outcome;
  context.auth = outcome.state;
  context.tokens.push(...outcome.tokens);
  for (const row of outcome.rows) context.draft.writeRecord(row);
  if (kind !== 'tokenAssign') return emptyBody;
  const { index } = context.entry;
  return () => raftkv.AssignedToken.encode({ index }).finish();
}

/** A deletion of one key is answered even if its caller has no room, like a put: more than a value has. */
const ONE_VALUE_BYTES = 2 * 1024 * 1024;

/** As of a transaction, an answer that is too large is replaced by an error, and does not undo the effect. */
async function deletion(
  { draft, answerBytesMax }: CommandContext,
  request: etcdserverpb.DeleteRangeRequest,
): Promise<Effect> {
  const budget = new AnswerBudget(answerBytesMax === undefined ? undefined : Math.max(answerBytesMax, ONE_VALUE_BYTES));
  const makeBody = await deleteRange(draft, request, budget);
  return budget.isExceeded ? kvError('answer-too-large') : makeBody;
}

async function txn(
  { draft, answerBytesMax }: CommandContext,
  request: etcdserverpb.TxnRequest,
  rights: Rights | undefined,
): Promise<Effect> {
  const refused =
    request.feedAck.length === 0 ? undefined : checkAcks(draft, request.feedAck, { rights, mustMove: true });
  if (refused !== undefined) return refused;
  draft.counts.txns += 1;
  return bodyOf(await applyTxn(draft, request, answerBytesMax));
}

async function plainTxn({ draft, answerBytesMax }: CommandContext, request: PlainTxn): Promise<Effect> {
  draft.counts.txns += 1;
  return bodyOf(await applyPlainTxn(draft, request, answerBytesMax !== undefined));
}

function bodyOf(outcome: TxnOutcome): Effect {
  return outcome.kind === 'error' ? outcome.error : () => outcome.body;
}

function compact(draft: Draft, request: etcdserverpb.CompactionRequest): Effect {
  const revision = clampInteger(request.revision);
  if (revision <= draft.compactedRevision) return kvError('compacted');
  if (revision > draft.revision) return kvError('future-revision');
  draft.compact(revision);
  breakFeeds(draft, revision);
  return emptyBody;
}

function alarm(context: CommandContext, request: etcdserverpb.AlarmRequest): Effect {
  const { alarms, row, answer } = applyAlarm(context.alarms, request);
  context.alarms = alarms;
  if (row !== undefined) context.draft.write(row);
  return answer;
}

/** A member publishes its name and client URLs. It cannot make itself a member. */
function updateMember(context: CommandContext, { id, name, clientUrls }: Member): Effect {
  const known = context.members.get(id);
  if (known === undefined) return kvError('member-not-found');
  const updated: Member = { ...known, name, clientUrls };
  context.members = new Map(context.members).set(id, updated);
  context.draft.write(memberRow(updated));
  return emptyBody;
}
