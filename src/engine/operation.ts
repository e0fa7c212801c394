import type { EngineOperation } from '../ports/engine.js';

/** Copies an operation with its bytes, whose memory the source may reuse for the next operation. */
export function copyOf(operation: EngineOperation): EngineOperation {
  const key = Buffer.from(operation.key);
  return operation.type === 'put' ? { type: 'put', key, value: Buffer.from(operation.value) } : { type: 'delete', key };
}
