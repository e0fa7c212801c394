import type { MemberId } from '../../util/member-id.js';
import { integerArgument } from '../calls/arguments.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { DEFRAGMENT, HASH, HASH_KV, HOT_TOP, SNAPSHOT, STATUS } from '../calls/methods.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { disarm, listAlarms, raiseAlarm } from './alarms.js';
import type { Alarm, AlarmListResult } from './alarms.js';
import { checkHealth } from './health.js';
import type { Health } from './health.js';
import { toHotResult } from './hot-keys.js';
import type { HotResult } from './hot-keys.js';
import { toHashResult, toStatus } from './members.js';
import type { HashResult, MemberAddResult, MemberListResult, MemberStatus, MoveLeaderResult } from './members.js';
import { addMember, listMembers, promoteMember, removeMember, updateMember } from './membership.js';
import { moveLeader } from './move-leader.js';
import { verified } from './snapshot.js';
import type { SnapshotOptions } from './snapshot.js';

/** The calls of a client that are about the members of the cluster, and not about keys. */
export abstract class ClusterClient {
  readonly #dispatcher: Dispatcher;

  protected constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** The status of the member at the endpoint, or of any member. @throws RaftKvError */
  async status(endpoint?: string, options: CallOptions = {}): Promise<MemberStatus> {
    const wire =
      endpoint === undefined
        ? await this.#dispatcher.call(STATUS, {}, options)
        : await this.#dispatcher.callMember(endpoint, STATUS, {}, options);
    return toStatus(wire);
  }

  /**
   * The members of the cluster, sorted by id. With `linearizable: false` (default true) the answer is what the member
   * asked knows, which works without a leader. @throws RaftKvError
   */
  async memberList({
    linearizable = true,
    ...options
  }: CallOptions & { readonly linearizable?: boolean } = {}): Promise<MemberListResult> {
    return await listMembers(this.#dispatcher, linearizable, options);
  }

  /** Adds a member, to be started at these peer URLs. A learner does not vote until it is promoted. @throws RaftKvError */
  async memberAdd(
    member: { readonly peerUrls: readonly string[]; readonly isLearner?: boolean },
    options: CallOptions = {},
  ): Promise<MemberAddResult> {
    return await addMember(this.#dispatcher, member, options);
  }

  /** Removes a member for good. It stops, and its id is not used again. @throws RaftKvError */
  async memberRemove(id: MemberId, options: CallOptions = {}): Promise<MemberListResult> {
    return await removeMember(this.#dispatcher, id, options);
  }

  /** Changes the peer URLs of a member. @throws RaftKvError */
  async memberUpdate(
    id: MemberId,
    changed: { readonly peerUrls: readonly string[] },
    options: CallOptions = {},
  ): Promise<MemberListResult> {
    return await updateMember(this.#dispatcher, { id, ...changed }, options);
  }

  /** Makes a learner a voter. @throws RaftKvError `failed-precondition`, with its progress, until it has caught up */
  async memberPromote(id: MemberId, options: CallOptions = {}): Promise<MemberListResult> {
    return await promoteMember(this.#dispatcher, id, options);
  }

  /** Transfers the leadership to a voter, wherever the leader is. @throws RaftKvError */
  async moveLeader(target: MemberId, options: CallOptions = {}): Promise<MoveLeaderResult> {
    return await moveLeader(this.#dispatcher, target, options);
  }

  /** A hash of one member's history up to a revision (default 0: the newest), to compare members. @throws RaftKvError */
  async hashKv(endpoint: string, revision = 0, options: CallOptions = {}): Promise<HashResult> {
    return toHashResult(await this.#dispatcher.callMember(endpoint, HASH_KV, { revision }, options));
  }

  /** A hash of everything that one member stores, to detect changes. @throws RaftKvError */
  async hash(endpoint: string, options: CallOptions = {}): Promise<{ readonly hash: number; readonly header: Header }> {
    const wire = await this.#dispatcher.callMember(endpoint, HASH, {}, options);
    return { hash: wire.hash ?? 0, header: toHeader(wire.header) };
  }

  /**
   * The keys and ranges that the clients of the member at the endpoint read and write most, up to `limit` (default 10) of
   * each. @throws RaftKvError `unimplemented` if the server is not raftkv
   */
  async hotKeys(
    endpoint: string,
    { limit = 10, ...options }: CallOptions & { readonly limit?: number } = {},
  ): Promise<HotResult> {
    const request = { limit: integerArgument(limit, 'a limit', 1) };
    return toHotResult(await this.#dispatcher.callMember(endpoint, HOT_TOP, request, options));
  }

  /** Makes one member return unused disk space. It continues to serve; large stores take a while. @throws RaftKvError */
  async defragment(endpoint: string, options: CallOptions = {}): Promise<void> {
    await this.#dispatcher.callMember(endpoint, DEFRAGMENT, {}, options);
  }

  /** The active alarms. Members refuse writes while there is one. @throws RaftKvError */
  async alarms(options: CallOptions = {}): Promise<readonly Alarm[]> {
    return (await listAlarms(this.#dispatcher, options)).alarms;
  }

  /** The active alarms, with the header of the answer. @throws RaftKvError */
  async alarmList(options: CallOptions = {}): Promise<AlarmListResult> {
    return await listAlarms(this.#dispatcher, options);
  }

  /** Raises an alarm, as members do themselves. @throws RaftKvError */
  async raiseAlarm(alarm: Required<Alarm>, options: CallOptions = {}): Promise<void> {
    await raiseAlarm(this.#dispatcher, alarm, options);
  }

  /** Clears one alarm, or all. @returns the alarms that were active @throws RaftKvError */
  async disarm(alarm?: Alarm, options: CallOptions = {}): Promise<readonly Alarm[]> {
    return await disarm(this.#dispatcher, alarm, options);
  }

  /**
   * Streams a snapshot of one member's state, for `raftkv snapshot restore` (from an etcd server, for etcd's own). The
   * consumer sets the pace. The snapshot is known to be intact only once the stream has ended without an error.
   * @throws RaftKvError `data-loss` if it arrived damaged
   */
  snapshot(options: SnapshotOptions = {}): AsyncGenerator<Buffer, void, undefined> {
    return verified(this.#dispatcher.stream(SNAPSHOT, {}, options), options.onProgress);
  }

  /** Whether the member at the endpoint answers a linearizable read. */
  async health(endpoint: string, options: CallOptions = {}): Promise<Health> {
    return await checkHealth(this.#dispatcher, endpoint, options);
  }
}
