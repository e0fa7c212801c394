import { etcdserverpb } from '../../gen/proto.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { ALARM } from '../calls/methods.js';
import { memberIdFromWire, memberIdToWire } from '../calls/ids.js';
import { RaftKvError } from '../errors.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import type { MemberId } from '../../util/member-id.js';

const { AlarmType } = etcdserverpb;
const { GET, ACTIVATE, DEACTIVATE } = etcdserverpb.AlarmRequest.AlarmAction;

/** `nospace`: the member's store has reached its quota. `corrupt`: the member's data differs from that of others. */
export type AlarmKind = 'nospace' | 'corrupt';

export interface Alarm {
  readonly memberId: MemberId;
  /** Undefined for a kind that this version does not know. */
  readonly kind: AlarmKind | undefined;
}

const NUMBERS: Readonly<Record<AlarmKind, number>> = { nospace: AlarmType.NOSPACE, corrupt: AlarmType.CORRUPT };

/** The active alarms. */
export interface AlarmListResult {
  readonly alarms: readonly Alarm[];
  readonly header: Header;
}

/** Lists the active alarms. @param endpoint the member to ask; undefined for any @throws RaftKvError */
export async function listAlarms(
  dispatcher: Dispatcher,
  { endpoint, ...options }: CallOptions & { readonly endpoint?: string },
): Promise<AlarmListResult> {
  const wire =
    endpoint === undefined
      ? await dispatcher.call(ALARM, { action: GET }, options)
      : await dispatcher.callMember(endpoint, ALARM, { action: GET }, options);
  return { alarms: toAlarms(wire), header: toHeader(wire.header) };
}

/** Why a cluster with active alarms is unhealthy, in etcdctl's words. */
export function alarmError(alarms: readonly Alarm[]): RaftKvError {
  const names = alarms.map(({ kind }) => kind?.toUpperCase() ?? 'UNKNOWN').join(' ');
  const message = `Active Alarm(s): ${names}`;
  return new RaftKvError({ code: 'failed-precondition', message, fate: 'not-applied', retryable: false });
}

export async function raiseAlarm(dispatcher: Dispatcher, alarm: Required<Alarm>, options: CallOptions): Promise<void> {
  await dispatcher.call(ALARM, { action: ACTIVATE, ...wireAlarm(alarm) }, options);
}

/** Clears one alarm, or all active ones. @returns the alarms that were active @throws RaftKvError */
export async function disarm(
  dispatcher: Dispatcher,
  alarm: Alarm | undefined,
  options: CallOptions,
): Promise<readonly Alarm[]> {
  if (alarm !== undefined) return await disarmOne(dispatcher, wireAlarm(alarm), options);
  const { alarms } = await dispatcher.call(ALARM, { action: GET }, options);
  const disarmed: Alarm[] = [];
  for (const { memberID, alarm: kind } of alarms ?? []) {
    disarmed.push(...(await disarmOne(dispatcher, { memberID: memberID ?? 0, alarm: kind ?? 0 }, options)));
  }
  return disarmed;
}

async function disarmOne(
  dispatcher: Dispatcher,
  alarm: Pick<etcdserverpb.AlarmRequest.$Properties, 'memberID' | 'alarm'>,
  options: CallOptions,
): Promise<readonly Alarm[]> {
  return toAlarms(await dispatcher.call(ALARM, { action: DEACTIVATE, ...alarm }, options));
}

function wireAlarm({ memberId, kind }: Alarm): Pick<etcdserverpb.AlarmRequest.$Properties, 'memberID' | 'alarm'> {
  return { memberID: memberIdToWire(memberId), alarm: kind === undefined ? AlarmType.NONE : NUMBERS[kind] };
}

function toAlarms({ alarms }: etcdserverpb.AlarmResponse.$Properties): readonly Alarm[] {
  return (alarms ?? []).map(({ memberID, alarm }) => ({
    memberId: memberIdFromWire(memberID),
    kind: kindOf(alarm ?? AlarmType.NONE),
  }));
}

function kindOf(alarm: etcdserverpb.AlarmType): AlarmKind | undefined {
  if (alarm === AlarmType.NOSPACE) return 'nospace';
  return alarm === AlarmType.CORRUPT ? 'corrupt' : undefined;
}
