import type { RecordedCall } from '../../history/history.js';
import type { Anomaly } from '../../history/verdict.js';
import { isAnswered } from '../answered.js';
import { anomaly, describeCall } from '../verdict.js';
import type { Changes } from './changes.js';
import { deletedOf } from './writes.js';

/** `wrong-deletion`: an answered `delete` states that the key was absent although it existed, or the other way round. */
export function checkDeletions(calls: readonly RecordedCall[], changes: Changes): Anomaly[] {
  return calls.filter(isAnswered).flatMap((call) => {
    const { key = '', f } = call.invoke;
    const { revision } = call.completion;
    if (f !== 'delete' || revision === undefined || changes.mayBeOpen(key)) return [];
    const hasDeleted = deletedOf(call) > 0;
    // A deletion has a revision of its own; without one the answer states that of the last change before it.
    const before = changes.lastOf(key, hasDeleted ? revision - 1 : revision);
    const existed = before?.value !== undefined;
    if (existed === hasDeleted) return [];
    const state = existed ? 'existed' : 'was absent';
    const last = before?.writer === undefined ? '' : ` after\n${describeCall(before.writer)}`;
    const shown = before?.writer === undefined ? [call] : [before.writer, call];
    return [anomaly('wrong-deletion', `${describeCall(call)}\nbut the key ${state}${last}`, shown)];
  });
}
