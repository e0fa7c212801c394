import type { NodeStatus } from '../../src/node/status.js';
import type { Packet } from '../../src/ports/transport.js';
import type { Message, MessageType, Role } from '../../src/raft/types.js';
import type { Logger } from '../../src/util/logger.js';

const ROLES: Readonly<Record<Role, string>> = {
  follower: 'F',
  'pre-candidate': 'P',
  candidate: 'C',
  leader: 'L',
};

/** The state of a member as a trace line shows it. */
export interface Subject {
  readonly label: string;
  /** Undefined while no process of it runs. */
  readonly status: NodeStatus | undefined;
}

/** One line for each event: time, member, role, term, commit index, and the event. Texts are built only if tracing is on. */
export class Trace {
  readonly on: boolean;
  readonly #write: (line: string) => void;
  readonly #now: () => number;

  /** @param write undefined for no trace */
  constructor({ now, write }: { now: () => number; write: ((line: string) => void) | undefined }) {
    this.#now = now;
    this.on = write !== undefined;
    this.#write = write ?? (() => undefined);
  }

  /** @param subject undefined for the whole world */
  line(subject: Subject | undefined, text: string): void {
    if (!this.on) return;
    const time = this.#now().toFixed(3).padStart(10);
    const label = (subject?.label ?? '').padEnd(4);
    const status = subject?.status;
    const state =
      status === undefined ? '' : `${ROLES[status.role]} t${status.term} c${status.commit} a${status.applied}`;
    this.#write(`${time} ${label} ${state.padEnd(18)} ${text}`);
  }

  /** A logger that writes a member's log into the trace. */
  logger(subject: Subject): Logger {
    const line =
      (level: string) =>
      (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
        if (this.on) this.line(subject, `${level}: ${message}${fieldsText(fields)}`);
      };
    return { debug: line('debug'), info: line('log'), warn: line('WARN'), error: line('ERROR') };
  }
}

function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(fields).map(
    ([name, value]) => `${name}=${value instanceof Error ? value.message : JSON.stringify(value)}`,
  );
  return text.length === 0 ? '' : ` (${text.join(' ')})`;
}

/** A packet in a few words. */
export function packetText({ messages, round, ack, calls = [] }: Packet): string {
  const parts = messages.map(messageText);
  if (round !== undefined) parts.push(`round ${round.term}/${round.sequence}`);
  if (ack !== undefined) parts.push(`ack ${ack.term}/${ack.sequence}`);
  if (calls.length > 0) parts.push(`calls +${calls.length}`);
  return parts.join(', ');
}

/** The fields of a message of each kind, besides its term. */
const DETAILS: Readonly<Partial<Record<MessageType, (message: Message) => string>>> = {
  MsgApp: ({ logTerm, index, entries, commit }) => `after ${logTerm}/${index} +${entries.length} c${commit}`,
  MsgAppResp: ({ reject, index, logTerm, rejectHint }) =>
    reject ? `no ${index}, hint ${logTerm}/${rejectHint}` : `ok ${index}`,
  MsgVote: ({ logTerm, index }) => `log ${logTerm}/${index}`,
  MsgPreVote: ({ logTerm, index }) => `log ${logTerm}/${index}`,
  MsgVoteResp: ({ reject }) => (reject ? 'no' : 'yes'),
  MsgPreVoteResp: ({ reject }) => (reject ? 'no' : 'yes'),
  MsgHeartbeat: ({ commit }) => `c${commit}`,
  MsgProp: ({ entries }) => `+${entries.length}`,
  MsgSnap: ({ snapshot }) => `at ${snapshot?.metadata.index ?? 0}`,
  MsgReadIndexResp: ({ index }) => `${index}`,
};

function messageText(message: Message): string {
  const { type, term } = message;
  const details = DETAILS[type]?.(message);
  return `${type.slice('Msg'.length)} t${term}${details === undefined ? '' : ` ${details}`}`;
}
