import { raftkv, raftkvpb } from '../../gen/proto.js';
import { kvError } from '../../kv/errors.js';
import { mayManage, SESSION_TTL } from '../../kv/sessions/session-commands.js';
import type { Session } from '../../kv/sessions/session-table.js';
import type { KvStore } from '../../kv/store.js';
import { unary, type Method, type UnaryCall } from '../../rpc/service.js';
import { clampInteger } from '../../util/integer.js';
import { randomInteger, type Random } from '../../util/random.js';
import type { Access } from '../requests/access.js';
import { answerCommand } from '../requests/command-answer.js';
import type { ClientWrites } from '../requests/client-writes.js';
import { invalidExtension, statusOf } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import { PLAIN_READ } from '../requests/read-level.js';
import type { Evaluate, Reader } from '../requests/reader.js';

const { SessionOpenRequest, SessionKeepAliveRequest, SessionCloseRequest, SessionListRequest, SessionListResponse } =
  raftkvpb;

export interface SessionServiceOptions {
  readonly store: Pick<KvStore, 'sessions' | 'revision' | 'appliedIndex'>;
  readonly headers: Headers;
  readonly writes: ClientWrites;
  readonly reader: Pick<Reader, 'serve'>;
  readonly access: Access;
  readonly random: Random;
}

/** Client sessions: raftkvpb.Session. The writes in them are calls of the KV and Lease services. */
export function sessionService(options: SessionServiceOptions): readonly Method[] {
  const { headers, writes, reader, random } = options;
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
        reader.serve(call, { ...PLAIN_READ, level: 'consistent' }, () => list(call, clampInteger(session), options));
      },
    }),
  ];
}

/** Random, so that a client of another cluster, as one restored from a backup, does not meet a session with its id. */
function newSessionId(random: Random): number {
  return randomInteger(random, 1, 2 ** 21) * 2 ** 32 + randomInteger(random, 0, 2 ** 32);
}

function list(
  call: UnaryCall,
  id: number,
  { store, access }: Pick<SessionServiceOptions, 'store' | 'access'>,
): ReturnType<Evaluate> {
  const rights = access.enabled ? access.rightsOf(call) : undefined;
  if (rights !== undefined && !('kind' in rights)) return { kind: 'refused', status: rights };
  const user = access.userOf(call)?.name ?? '';
  const isVisible = (session: Session): boolean => mayManage({ user, rights }, session);
  const { sessions } = store;
  const one = sessions.get(id);
  if (id !== 0 && (one === undefined || !isVisible(one))) {
    return { kind: 'refused', status: statusOf(kvError('session-not-found')) };
  }
  const found = (one === undefined ? [...sessions.all()] : [one]).filter(isVisible);
  found.sort((left, right) => left.id - right.id);
  const body = SessionListResponse.encode({ sessions: found.map(statusOfSession), total: sessions.size }).finish();
  return { kind: 'ok', revision: store.revision(), appliedIndex: store.appliedIndex(), body };
}

function statusOfSession(session: Session): raftkvpb.SessionStatus.$Properties {
  const { id, user, ttlSeconds, openedIndex, lastIndex, acknowledged, applied, resultBytes } = session;
  const openSequences = applied.size;
  return { session: id, user, ttlSeconds, openedIndex, lastIndex, acknowledged, openSequences, resultBytes };
}
