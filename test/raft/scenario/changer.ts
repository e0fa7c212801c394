import { ConfChangeError, enterJoint, leaveJoint, simple } from '../../../src/raft/conf-change/changer.js';
import type { ChangeStart, Membership } from '../../../src/raft/conf-change/changer.js';
import type { ConfState, NodeId } from '../../../src/raft/index.js';
import { STATE_NAMES } from './format.js';
import { Complaint, isSet } from './language.js';
import type { Block } from './language.js';
import { parseSteps } from './steps.js';

/** Runs the blocks of one file on one configuration. Each block appends one entry to its log. */
export function changerRunner(): (block: Block) => string {
  let membership: Membership = {
    config: { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
    progress: new Map(),
  };
  let lastIndex = 0;
  return (block) => {
    const start: ChangeStart = { ...membership, lastIndex, limits: { messages: 10, bytes: Infinity } };
    lastIndex++;
    try {
      membership = changed(start, block);
    } catch (error) {
      if (error instanceof ConfChangeError || error instanceof Complaint) return error.message;
      throw error;
    }
    return describe(membership);
  };
}

function changed(start: ChangeStart, block: Block): Membership {
  const steps = parseSteps(block.input);
  switch (block.name) {
    case 'simple':
      return simple(start, steps);
    case 'enter-joint':
      return enterJoint(start, steps, { autoLeave: isSet(block, 'autoleave') });
    case 'leave-joint':
      if (steps.length > 0) throw new Complaint('this command takes no input');
      return leaveJoint(start);
    default:
      throw new Complaint('unknown command');
  }
}

function describe({ config, progress }: Membership): string {
  const members = [...progress].map(
    ([id, { state, match, next, isLearner }]) =>
      `${id}: ${STATE_NAMES[state]} match=${match} next=${next}${isLearner ? ' learner' : ''}`,
  );
  return [describeConfig(config), ...members].join('\n');
}

function describeConfig({ voters, votersOutgoing, learners, learnersNext, autoLeave }: ConfState): string {
  const list = (ids: readonly NodeId[]): string => `(${ids.join(' ')})`;
  let text = `voters=${list(voters)}`;
  if (votersOutgoing.length > 0) text += `&&${list(votersOutgoing)}`;
  if (learners.length > 0) text += ` learners=${list(learners)}`;
  if (learnersNext.length > 0) text += ` learners_next=${list(learnersNext)}`;
  return autoLeave ? `${text} autoleave` : text;
}
