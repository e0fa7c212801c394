import { raftkvpb } from '../../gen/proto.js';
import type { Index } from './index-table.js';

const { State } = raftkvpb.IndexInfo;
const STATES = { building: State.BUILDING, ready: State.READY, failed: State.FAILED } as const;

/** An index as answers show it. */
export function infoOf({ id, spec, state }: Index): raftkvpb.IndexInfo.$Properties {
  return {
    id,
    definition: spec.definition,
    state: STATES[state.kind],
    readyRevision: state.kind === 'ready' ? state.revision : 0,
  };
}
