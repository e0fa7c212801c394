import type { Config, NodeId } from '../../../src/raft/index.js';
import { defined } from '../../../src/util/assert.js';
import type { Group } from './group.js';
import { Complaint, isSet, valueOf, valuesOf, wordsOf } from './language.js';
import type { Block } from './language.js';

/** `add-nodes N`: adds N equal nodes with the next ids. @throws Complaint */
export function addNodes(group: Group, block: Block): string {
  const ids = (name: string): NodeId[] => (valuesOf(block, name) ?? []).map(Number).sort((left, right) => left - right);
  const start = {
    voters: ids('voters'),
    learners: ids('learners'),
    index: Number(valueOf(block, 'index') ?? 0),
    content: valueOf(block, 'content') ?? '',
  };
  const empty = start.voters.length + start.learners.length + start.content.length + start.index === 0;
  // A node with initial state starts from a snapshot; its log begins after that.
  if (!empty && start.index <= 1) throw new Complaint('index must be specified as > 1 due to bootstrap');
  const config = parseConfig(block);
  const count = Number(defined(wordsOf(block)[0], `line ${block.line}: how many nodes`));
  for (let added = 0; added < count; added++) group.add({ config, ...start });
  return '';
}

function parseConfig(block: Block): Partial<Config> {
  const readOnly = valueOf(block, 'read-only') ?? 'safe';
  if (readOnly !== 'safe' && readOnly !== 'lease-based') {
    throw new Complaint(`invalid read-only option ${JSON.stringify(readOnly)}`);
  }
  const inflight = valueOf(block, 'inflight');
  // 0 means no limit.
  const committed = Number(valueOf(block, 'max-committed-size-per-ready') ?? 0);
  return {
    preVote: isSet(block, 'prevote'),
    checkQuorum: isSet(block, 'checkquorum'),
    readOnlyOption: readOnly,
    asyncStorageWrites: isSet(block, 'async-storage-writes'),
    disableConfChangeValidation: isSet(block, 'disable-conf-change-validation'),
    stepDownOnRemoval: isSet(block, 'step-down-on-removal'),
    ...(inflight === undefined ? {} : { maxInflightMessages: Number(inflight) }),
    ...(committed > 0 ? { maxCommittedBytesPerReady: committed } : {}),
  };
}
