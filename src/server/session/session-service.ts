import { raftkv, raftkvpb } from '../../gen/proto.js';
import { kvError } from '../../kv/errors.js';
import { mayManage, SESSION_TTL } from '../../kv/sessions/session-commands.js';
import type { Session } from '../../kv/sessions/session-table.js';
import type { KvStore, ReadResult } from '../../kv/store.js';
import { unary, type Method, type UnaryCall } from '../../rpc/service.js';
import { clampInteger } from '../../util/integer.js';
import { randomInteger, type Random } from '../../util/random.js';
import type { Access } from '../requests/access.js';
import { answerCommand } from '../requests/command-answer.js';
import type { ClientWrites } from '../requests/client-writes.js';
import { invalidExtension, statusOf } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import { PLAIN_READ } from '../requests/read-level.js';
import type { ListTurns } from '../requests/list-turns.js';
import type { Reader, RefusedRead } from '../requests/reader.js';

const { SessionOpenRequest, SessionKeepAliveRequest, SessionCloseRequest, SessionListRequest, SessionListResponse } =
  raftkvpb;

/** Time to encode a session in a list, in microseconds. */
const SESSION_UNITS = 5;

export interface SessionServiceOptions {
  readonly store: Pick<KvStore, 'sessions' | 'revision' | 'appliedIndex'>;
  readonly headers: Headers;
  readonly writes: ClientWrites;
  readonly reader: Pick<Reader, 'serve'>;
  readonly access: Access;
  readonly random: Random;
  readonly lists: ListTurns;
}

/** Client sessions: raftkvpb.Session. The writes in them are calls of the KV and Lease services. */
export function sessionService(options: SessionServiceOptions): readonly Method[] {
  const { headers, writes, reader, random, lists } = options;
  type Kind = 'sessionOpen' | 'sessionKeepAlive' | 'sessionClose';
  const submit = (call: UnaryCall, kind: Kind, request: Uint8Array): void => {
    writes.submit({
      call,
      kind,
      request,
      done: (outcome) => answerCommand(call, headers, outcome),
    });
  };
  return [
    unary({
      path: '/raftkvpb.Session/Open',
      decode: (body) => SessionOpenRequest.decode(body),
      handle: (call, request) => {
        const { leastSeconds, defaultSeconds, mostSeconds } = SESSION_TTL;
        const ttlSeconds = clampInteger(request.ttlSeconds) || defaultSeconds;
        if (ttlSeconds < leastSeconds || ttlSeconds > mostSeconds) {
          return call.fail(invalidExtension(`the TTL of a session is ${leastSeconds} to ${mostSeconds} seconds`));
        }
        const session = newSessionId(random);
        submit(call, 'sessionOpen', raftkv.SessionOpening.encode({ session, ttlSeconds }).finish());
      },
    }),
    unary({
      path: '/raftkvpb.Session/KeepAlive',
      decode: (body) => SessionKeepAliveRequest.decode(body),
      handle: (call, { session }) => {
        submit(call, 'sessionKeepAlive', SessionKeepAliveRequest.encode({ session }).finish());
      },
    }),
    unary({
      path: '/raftkvpb.Session/Close',
      decode: (body) => SessionCloseRequest.decode(body),
      handle: (call, { session }) => {
        submit(call, 'sessionClose', SessionCloseRequest.encode({ session }).finish());
      },
    }),
    unary({
      path: '/raftkvpb.Session/List',
      decode: (body) => SessionListRequest.decode(body),
      handle: (call, { session }) => {
        reader.serve(call, { ...PLAIN_READ, level: 'consistent' }, () =>
          lists.run(() => list(call, clampInteger(session), options)),
        );
      },
    }),
  ];
}

/** Random, so that a client of another cluster, as one restored from a backup, does not meet a session with its id. */
function newSessionId(random: Random): number {
  return randomInteger(random, 1, 2 ** 21) * 2 ** 32 + randomInteger(random, 0, 2 ** 32);
}

/** The sessions that a caller may see; of one state. */
async function list(
  call: UnaryCall,
  id: number,
  { store, access, lists }: Pick<SessionServiceOptions, 'store' | 'access' | 'lists'>,
): Promise<ReadResult | RefusedRead> {
  const rights = access.enabled ? access.rightsOf(call) : undefined;
  if (rights !== undefined && !('kind' in rights)) return { kind: 'refused', status: rights };
  const user = access.userOf(call)?.name ?? '';
  const { sessions } = store;
  const state = { revision: store.revision(), appliedIndex: store.appliedIndex() };
  const one = sessions.get(id);
  if (id !== 0 && (one === undefined || !mayManage({ user, rights }, one))) {
    return { kind: 'refused', status: statusOf(kvError('session-not-found')) };
  }
  const isManager = rights === undefined || rights.isRoot;
  const total = sessions.size;
  // Copies: commands change sessions while a long list is made.
  const found = Array.from(
    one !== undefined ? [one] : isManager ? sessions.all() : sessions.ofUser(user),
    statusOfSession,
  );
  found.sort((left, right) => Number(left.session) - Number(right.session));
  const body = await lists.encode({
    items: found,
    unitsOf: () => SESSION_UNITS,
    encode: (some) => SessionListResponse.encode({ sessions: [...some] }).finish(),
  });
  return { kind: 'ok', ...state, body: [...body, SessionListResponse.encode({ total }).finish()] };
}

function statusOfSession(session: Session): raftkvpb.SessionStatus.$Properties {
  const { id, user, ttlSeconds, openedIndex, lastIndex, acknowledged, applied, resultBytes } = session;
  const openSequences = applied.size;
  return { session: id, user, ttlSeconds, openedIndex, lastIndex, acknowledged, openSequences, resultBytes };
}
