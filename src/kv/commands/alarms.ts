import { etcdserverpb } from '../../gen/proto.js';
import type { EngineOperation, EngineReader } from '../../ports/engine.js';
import { clampInteger } from '../../util/integer.js';
import type { CommandKind } from './command.js';
import { kvError, type KvError } from '../errors.js';
import { alarmKey, decodeAlarmKey, Table, tableRange } from '../format/layout.js';
import { pagesOf } from '../state/row-pages.js';
import type { BodyMaker } from './writes.js';

const { AlarmType } = etcdserverpb;
const { GET, ACTIVATE, DEACTIVATE } = etcdserverpb.AlarmRequest.AlarmAction;

/** An alarm of a member. Until it is deactivated, all members refuse the commands that could make it worse. */
export interface Alarm {
  readonly memberId: number;
  readonly kind: etcdserverpb.AlarmType;
}

/** All alarms, by kind and member. Replaced as a whole when one changes. */
export type Alarms = readonly Alarm[];

/** Reads the stored alarms. */
export async function readAlarms(reader: EngineReader): Promise<Alarms> {
  const alarms: Alarm[] = [];
  for await (const rows of pagesOf(reader, tableRange(Table.alarms))) {
    for (const { key } of rows) alarms.push(decodeAlarmKey(key));
  }
  return alarms;
}

export function hasAlarm(alarms: Alarms, kind: etcdserverpb.AlarmType): boolean {
  return alarms.some((alarm) => alarm.kind === kind);
}

/** The effect of a command on the size of the store. */
type Effect = 'takes space' | 'may take space' | 'writes' | 'none';

const EFFECTS: Readonly<Record<CommandKind, Effect>> = {
  put: 'takes space',
  txn: 'may take space',
  deleteRange: 'writes',
  compaction: 'writes',
  memberUpdate: 'none',
  memberAdd: 'none',
  memberPromote: 'none',
  memberRemove: 'none',
  memberRelocate: 'none',
  leaseGrant: 'takes space',
  leaseRevoke: 'writes',
  leaseExpire: 'writes',
  sessionOpen: 'writes',
  sessionKeepAlive: 'writes',
  sessionClose: 'writes',
  sessionExpire: 'writes',
  autoCompaction: 'writes',
  alarm: 'none',
  memberAlarm: 'none',
  authEnable: 'none',
  authDisable: 'none',
  tokenAssign: 'none',
  userAdd: 'none',
  userDelete: 'none',
  userChangePassword: 'none',
  userGrantRole: 'none',
  userRevokeRole: 'none',
  roleAdd: 'none',
  roleDelete: 'none',
  roleGrantPermission: 'none',
  roleRevokePermission: 'none',
  feedCreate: 'takes space',
  // Those that let a feed go on free space in the end.
  feedDelete: 'writes',
  feedReset: 'writes',
  feedAck: 'writes',
  feedJoin: 'writes',
  indexCreate: 'takes space',
  indexDrop: 'writes',
  indexBuild: 'takes space',
};

/**
 * The error by which alarms refuse a command, as in etcd: CORRUPT refuses all writes, NOSPACE those that take space.
 * @param puts whether a transaction has a put in either branch
 */
export function refusalBy(alarms: Alarms, kind: CommandKind, puts?: () => boolean): KvError | undefined {
  if (alarms.length === 0) return undefined;
  const effect = EFFECTS[kind];
  if (effect !== 'none' && hasAlarm(alarms, AlarmType.CORRUPT)) return kvError('corrupt');
  const takes = effect === 'takes space' || (effect === 'may take space' && puts?.() === true);
  return takes && hasAlarm(alarms, AlarmType.NOSPACE) ? kvError('no-space') : undefined;
}

/** The change that a request makes, and its answer. */
export interface AlarmChange {
  readonly alarms: Alarms;
  readonly row: EngineOperation | undefined;
  readonly answer: BodyMaker;
}

/**
 * Applies a request. GET answers with the alarms of its kind, or all for NONE; ACTIVATE with the named alarm; DEACTIVATE with
 * the alarm that it cleared, if any.
 */
export function applyAlarm(alarms: Alarms, request: etcdserverpb.AlarmRequest): AlarmChange {
  const kind = request.alarm;
  const memberId = clampInteger(request.memberID);
  const key = alarmKey(kind, memberId);
  const others = alarms.filter((alarm) => alarm.kind !== kind || alarm.memberId !== memberId);
  const known = others.length < alarms.length;
  const named = [{ kind, memberId }];
  switch (request.action) {
    case GET: {
      const found = alarms.filter((alarm) => kind === AlarmType.NONE || alarm.kind === kind);
      return { alarms, row: undefined, answer: answerOf(found) };
    }
    case ACTIVATE: {
      if (known) return { alarms, row: undefined, answer: answerOf(named) };
      const row = { type: 'put', key, value: Buffer.of(1) } as const;
      return { alarms: [...others, ...named].sort(byKindAndMember), row, answer: answerOf(named) };
    }
    case DEACTIVATE:
      if (!known) return { alarms, row: undefined, answer: answerOf([]) };
      return { alarms: others, row: { type: 'delete', key }, answer: answerOf(named) };
    default: // an unknown action does nothing
      return { alarms, row: undefined, answer: answerOf([]) };
  }
}

function answerOf(alarms: Alarms): BodyMaker {
  return () =>
    etcdserverpb.AlarmResponse.encode({
      alarms: alarms.map(({ memberId, kind }) => ({ memberID: memberId, alarm: kind })),
    }).finish();
}

function byKindAndMember(left: Alarm, right: Alarm): number {
  return left.kind - right.kind || left.memberId - right.memberId;
}
