import { MalformedHistory, type RecordedCall } from '../../history/history.js';
import type { AnsweredCall } from '../answered.js';
import type { SeenPut } from '../store/changes.js';

export interface SeenEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly rev: number;
  /** Of a put. */
  readonly value?: string;
  readonly version?: number;
  readonly create?: number;
  readonly prev?: SeenPut;
}

export interface SeenResponse {
  readonly revision: number;
  readonly events: readonly SeenEvent[];
}

/** An answered `watch`: it covers the revisions from `from` to `to`. */
export interface WatchCall {
  readonly call: AnsweredCall;
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
  readonly responses: readonly SeenResponse[];
}

/** @throws MalformedHistory */
export function watchCall(call: AnsweredCall): WatchCall {
  const { from, to, responses } = (call.completion.value ?? {}) as Partial<WatchCall>;
  if (typeof from !== 'number' || typeof to !== 'number' || !Array.isArray(responses))
    throw new MalformedHistory(`event ${call.endAt}: no from, to and responses`);
  return { call, prefix: call.invoke.key ?? '', from, to, responses };
}

/** The revision of a compaction because of which a watch failed; undefined if it failed otherwise. */
export function compactedOf({ completion, outcome }: RecordedCall): { from: number; compacted: number } | undefined {
  if (outcome !== 'fail') return undefined;
  const { from, compacted } = (completion?.value ?? {}) as { readonly from?: number; readonly compacted?: number };
  return from === undefined || compacted === undefined ? undefined : { from, compacted };
}
