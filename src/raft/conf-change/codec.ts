import { NO_BYTES } from '../bytes.js';
import type { ConfChange, ConfChangeStep, ConfChangeTransition, ConfChangeType } from '../types.js';

/**
 * The encoding of a change in its entry: version, transition, number of steps, each step as a kind and an id of eight bytes
 * (big-endian), and the context up to the end. Leaving a joint configuration has no bytes.
 */
const VERSION = 1;
const HEAD_BYTES = 4;
const STEP_BYTES = 9;
const TRANSITIONS: readonly ConfChangeTransition[] = ['auto', 'implicit', 'explicit'];
const TYPES: readonly ConfChangeType[] = ['add-voter', 'remove', 'update', 'add-learner'];
const STEPS_MAX = 65_535;

/** The change that leaves a joint configuration. */
export const LEAVE_JOINT: ConfChange = { transition: 'auto', steps: [], context: NO_BYTES };

/** The bytes are not a configuration change of a known version. */
export class ConfChangeFormatError extends Error {
  override readonly name = 'ConfChangeFormatError';
}

/** @throws RangeError for more than 65,535 steps */
export function encodeConfChange({ transition, steps, context }: ConfChange): Uint8Array {
  if (transition === 'auto' && steps.length === 0 && context.length === 0) return NO_BYTES;
  if (steps.length > STEPS_MAX) throw new RangeError(`${steps.length} steps in one change`);
  const data = new Uint8Array(HEAD_BYTES + steps.length * STEP_BYTES + context.length);
  const view = new DataView(data.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, TRANSITIONS.indexOf(transition));
  view.setUint16(2, steps.length);
  for (const [position, { type, id }] of steps.entries()) {
    const at = HEAD_BYTES + position * STEP_BYTES;
    view.setUint8(at, TYPES.indexOf(type));
    view.setBigUint64(at + 1, BigInt(id));
  }
  data.set(context, HEAD_BYTES + steps.length * STEP_BYTES);
  return data;
}

/** @throws ConfChangeFormatError */
export function decodeConfChange(data: Uint8Array): ConfChange {
  if (data.length === 0) return LEAVE_JOINT;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < HEAD_BYTES) throw new ConfChangeFormatError(`a configuration change of ${data.length} bytes`);
  if (view.getUint8(0) !== VERSION) {
    throw new ConfChangeFormatError(`a configuration change of version ${view.getUint8(0)}`);
  }
  const transition = TRANSITIONS[view.getUint8(1)];
  const count = view.getUint16(2);
  const end = HEAD_BYTES + count * STEP_BYTES;
  if (transition === undefined || data.length < end) throw new ConfChangeFormatError('a damaged configuration change');
  const steps = Array.from({ length: count }, (_, position): ConfChangeStep => {
    const at = HEAD_BYTES + position * STEP_BYTES;
    const type = TYPES[view.getUint8(at)];
    const id = Number(view.getBigUint64(at + 1));
    if (type === undefined || !Number.isSafeInteger(id)) {
      throw new ConfChangeFormatError('an invalid step of a configuration change');
    }
    return { type, id };
  });
  return { transition, steps, context: data.slice(end) };
}

/** Whether a change leaves a joint configuration. */
export function leavesJoint({ transition, steps }: ConfChange): boolean {
  return transition === 'auto' && steps.length === 0;
}

/** How a change leaves its joint configuration; undefined if it does not use one. */
export function jointOf({ transition, steps }: ConfChange): { readonly autoLeave: boolean } | undefined {
  if (transition === 'auto' && steps.length <= 1) return undefined;
  return { autoLeave: transition !== 'explicit' };
}
