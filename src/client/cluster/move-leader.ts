import { setTimeout as delay } from 'node:timers/promises';
import { assert } from '../../util/assert.js';
import { toMemberList, toStatus } from './members.js';
import type { MoveLeaderResult } from './members.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { RaftKvError } from '../errors.js';
import { isNotLeader } from '../calls/failures.js';
import { toHeader } from '../keys/key-value.js';
import { MEMBER_LIST, MOVE_LEADER, STATUS } from '../calls/methods.js';
import { memberIdToWire } from '../calls/ids.js';
import type { MemberId } from '../../util/member-id.js';

/** Longest wait for the status of one member, in ms, so that one that hangs does not use up the caller's time. */
const STATUS_MS = 1000;
/** Pause before the next search for the leader, in ms: about a heartbeat. */
const PAUSE_MS = 100;

interface Leader {
  readonly id: MemberId;
  readonly endpoint: string;
  readonly term: number;
}

/**
 * Transfers the leadership to a voter. Only the leader accepts the request, so this finds the leader first, and again if it
 * changes meanwhile. Repeating the request is safe.
 * @throws RaftKvError
 */
export async function moveLeader(
  dispatcher: Dispatcher,
  target: MemberId,
  options: CallOptions,
): Promise<MoveLeaderResult> {
  const deadlineMs = performance.now() + (options.timeoutMs ?? dispatcher.timeoutMs);
  const left = (): CallOptions => ({ ...options, timeoutMs: Math.max(1, deadlineMs - performance.now()) });
  let previousLeader: MemberId | undefined;
  let failure: RaftKvError | undefined;
  for (;;) {
    const leader = await findLeader(dispatcher, left()).catch((error: unknown) => {
      // The time was over soon after the pause: what failed before says more.
      if (failure !== undefined && error instanceof RaftKvError && error.code === 'deadline-exceeded') throw failure;
      throw error;
    });
    failure = noLeader();
    if (leader !== undefined) {
      previousLeader ??= leader.id;
      try {
        const request = { targetID: memberIdToWire(target) };
        const { header } = await dispatcher.callMember(leader.endpoint, MOVE_LEADER, request, left());
        return { previousLeader, header: toHeader(header) };
      } catch (error) {
        if (!(error instanceof RaftKvError) || !(error.retryable || isNotLeader(error))) throw error;
        failure = error;
      }
    }
    if (deadlineMs - performance.now() < PAUSE_MS) throw failure;
    await pause(options.signal);
  }
}

/**
 * The member that reports itself as leader, in the newest term if there are several. Asks every member, at the client's
 * endpoints and at the advertised URLs, since only one of them may be reachable from here.
 */
async function findLeader(dispatcher: Dispatcher, options: CallOptions): Promise<Leader | undefined> {
  const { members } = toMemberList(await dispatcher.call(MEMBER_LIST, { linearizable: false }, options));
  const advertised = members.flatMap(({ clientUrls }) => clientUrls);
  const timeoutMs = Math.min(STATUS_MS, options.timeoutMs ?? STATUS_MS);
  const asked = dispatcher
    .distinct([...dispatcher.endpoints, ...advertised])
    .map(async (endpoint): Promise<Leader | undefined> => {
      try {
        const status = toStatus(await dispatcher.callMember(endpoint, STATUS, {}, { ...options, timeoutMs }));
        return status.isLeader && status.leader !== undefined
          ? { id: status.leader, endpoint, term: status.raftTerm }
          : undefined;
      } catch (error) {
        // A member that does not answer at this address cannot take the request there either.
        if (error instanceof RaftKvError) return undefined;
        throw error;
      }
    });
  const leaders = (await Promise.all(asked)).filter((leader) => leader !== undefined);
  return leaders.sort((left, right) => right.term - left.term)[0];
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    // An aborted pause ends early, and the next call reports why.
    assert(signal?.aborted === true, `a timer failed: ${String(error)}`);
  }
}

function noLeader(): RaftKvError {
  const message = 'no reachable member is the leader';
  return new RaftKvError({ code: 'unavailable', message, fate: 'not-applied', retryable: true });
}
