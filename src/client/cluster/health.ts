import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { RANGE } from '../calls/methods.js';
import { RaftKvError } from '../errors.js';
import { oneKey } from '../keys/key-range.js';
import { levelledRange } from '../keys/range.js';
import { alarmError, listAlarms } from './alarms.js';

/** Whether a member answers a linearizable read, which takes the member and a quorum, and no alarm is active. */
export type Health =
  | { readonly healthy: true; readonly tookMs: number }
  | { readonly healthy: false; readonly tookMs: number; readonly error: Error };

export async function checkHealth(dispatcher: Dispatcher, endpoint: string, options: CallOptions): Promise<Health> {
  const startMs = performance.now();
  const request = levelledRange(oneKey('health'), { consistency: 'consistent' }, 'consistent');
  try {
    await dispatcher.callMember(endpoint, RANGE, request, options);
    const tookMs = performance.now() - startMs;
    const { alarms } = await listAlarms(dispatcher, { ...options, endpoint });
    return alarms.length === 0 ? { healthy: true, tookMs } : { healthy: false, tookMs, error: alarmError(alarms) };
  } catch (error) {
    if (!(error instanceof RaftKvError)) throw error;
    const tookMs = performance.now() - startMs;
    // A member refuses for want of permission only after it has asked its quorum.
    return error.code === 'permission-denied' ? { healthy: true, tookMs } : { healthy: false, tookMs, error };
  }
}
