import { setTimeout as delay } from 'node:timers/promises';
import { assert } from '../../util/assert.js';
import { toMemberList, toStatus } from '../cluster/cluster.js';
import type { MoveLeaderResult } from '../cluster/cluster.js';
import type { CallOptions, Dispatcher } from './dispatcher.js';
import { RaftKvError } from '../errors.js';
import { isNotLeader } from './failures.js';
import { toHeader } from '../keys/key-value.js';
import { MEMBER_LIST, MOVE_LEADER, STATUS } from './methods.js';
import { memberIdToWire } from './ids.js';
import type { MemberId } from '../../util/member-id.js';

/** Longest wait for what one member says of itself, in ms: one that hangs must not cost all of the time. */
const STATUS_MS = 1000;
/** Pause before the leader is looked for again, in ms: about a heartbeat. */
const PAUSE_MS = 100;

interface Leader {
  readonly id: MemberId;
  readonly endpoint: string;
  readonly term: number;
}

/**
 * Only the leader itself can hand over, so it is looked for first, and again where it has changed meanwhile. A repeat
 * does no harm: the leadership has arrived, or has not.
 */
export async function moveLeader(
  dispatcher: Dispatcher,
  target: MemberId,
  options: CallOptions,
): Promise<MoveLeaderResult> {
  const deadlineMs = performance.now() + (options.timeoutMs ?? dispatcher.timeoutMs);
  const left = (): CallOptions => ({ ...options, timeoutMs: Math.max(1, deadlineMs - performance.now()) });
  let previousLeader: MemberId | undefined;
  for (;;) {
    let failure = noLeader();
    const leader = await findLeader(dispatcher, left());
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
 * The leader of the newest term among those who say that they lead. Every member is asked, at the client's endpoints
 * and at what the members advertise: either may be the one that can be reached from here.
 */
async function findLeader(dispatcher: Dispatcher, options: CallOptions): Promise<Leader | undefined> {
  const { members } = toMemberList(await dispatcher.call(MEMBER_LIST, { linearizable: false }, options));
  const advertised = members.flatMap(({ clientUrls }) => clientUrls.map((url) => url.replace(/^http:\/\//, '')));
  const timeoutMs = Math.min(STATUS_MS, options.timeoutMs ?? STATUS_MS);
  const asked = [...new Set([...dispatcher.endpoints, ...advertised])].map(
    async (endpoint): Promise<Leader | undefined> => {
      try {
        const status = toStatus(await dispatcher.callMember(endpoint, STATUS, {}, { ...options, timeoutMs }));
        return status.isLeader && status.leader !== undefined
          ? { id: status.leader, endpoint, term: status.raftTerm }
          : undefined;
      } catch (error) {
        // Who cannot be reached, here or at this address, is not the one that is looked for.
        if (error instanceof RaftKvError) return undefined;
        throw error;
      }
    },
  );
  const leaders = (await Promise.all(asked)).filter((leader) => leader !== undefined);
  return leaders.sort((left, right) => right.term - left.term)[0];
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    // The pause was cut short: the next call says why.
    assert(signal?.aborted === true, `a timer failed: ${String(error)}`);
  }
}

function noLeader(): RaftKvError {
  const message = 'no member that can be reached says that it leads';
  return new RaftKvError({ code: 'unavailable', message, fate: 'not-applied', retryable: true });
}
