import { often, over, patch, type Mutation, type Profile, type TestedBug } from './mutation.js';

const ONCE = 'src/kv/sessions/once.ts';
const TABLE = 'src/kv/sessions/session-table.ts';
const COMMANDS = 'src/kv/sessions/session-commands.ts';
const EXPIRER = 'src/server/session/session-expirer.ts';

/** Lost answers, which make clients send their writes again. */
const sessions: Profile = (drawn) =>
  over(drawn, {
    members: 3,
    sessions: true,
    users: 0,
    clients: 4,
    keys: 2,
    paceMs: 60,
    mix: { put: 6, get: 2, txn: 3, delete: 1, compact: 0, past: 0 },
    faults: often(['kill-leader', 'leader-alone', 'reset', 'halves'], { everyMs: 900, lastsMs: 600 }),
    operations: {},
    stormMs: 20_000,
  });

/** The same, with members that restart or take over snapshots. */
const sessionsAway: Profile = (drawn) =>
  over(sessions(drawn), {
    node: { snapshotCount: 5, logTailEntries: 0 },
    faults: often(['kill', 'power-loss', 'halves', 'leader-alone'], { everyMs: 900, lastsMs: 1500 }),
  });

/** Clients that pause for longer than a few seconds, and for less than the TTL. */
const slowSessions: Profile = (drawn) => over(sessions(drawn), { paceMs: 4000, stormMs: 40_000, clients: 6 });

/** The same, with leaders that stay for longer than the TTL: each new one counts from the start again. */
const longLeaders: Profile = (drawn) =>
  over(slowSessions(drawn), { faults: often(['reset'], { everyMs: 5_000, lastsMs: 200 }) });

/** Bugs in client sessions. */
export const SESSIONS: readonly Mutation[] = [
  {
    name: 'repeated-write-applied-again',
    story: 'a write of a session is applied although its sequence number was applied before',
    patches: [
      patch(ONCE, '  if (applied !== undefined) return repeat(context, applied);\n'),
      patch(
        TABLE,
        "    assert(!session.applied.has(sequence) && sequence >= session.acknowledged, 'a sequence number is applied twice');\n",
      ),
    ],
    profile: sessions,
  },
  {
    name: 'result-under-the-next-number',
    story: 'the result of a write is kept under the sequence number behind its own',
    patches: [
      patch(
        ONCE,
        'keepResult(context, { session: id, sequence }, effect)',
        'keepResult(context, { session: id, sequence: sequence + 1 }, effect)',
      ),
    ],
    profile: sessions,
  },
  {
    name: 'results-forgotten-at-a-restart',
    story: 'a member that restarts, or takes over a snapshot, has the sessions and not what they have applied',
    patches: [
      patch(
        TABLE,
        "      table.#add(defined(table.#sessions.get(one.session), 'the session of a result'), one);\n",
        '      void one;\n',
      ),
    ],
    profile: sessionsAway,
  },
  {
    name: 'session-expired-early',
    story: 'a leader ends a session that was used a moment ago',
    patches: [
      patch(EXPIRER, 'idleMs < ttlSeconds * 1000 ||', 'idleMs < ttlSeconds * 100 ||'),
      patch(COMMANDS, ' && clampInteger(idleMs) >= session.ttlSeconds * 1000', ''),
    ],
    profile: slowSessions,
  },
  {
    name: 'use-of-a-session-not-counted',
    story: 'a leader counts the life of a session from when it was opened',
    patches: [patch(TABLE, '    session.lastIndex = index;\n', '    void index;\n')],
    profile: longLeaders,
  },
];

const KV = { file: 'test/kv/sessions/sessions.test.ts' };

const CLIENT = { file: 'test/client/session/write-sessions.test.ts' };
const CLIENT_SESSION = 'src/client/session/session.ts';

/** The same, found by tests: the simulator has neither users in sessions nor results that are dropped. */
export const SESSIONS_TESTED: readonly TestedBug[] = [
  {
    name: 'acknowledged-too-far',
    story: 'the repeat of a write acknowledges its own result',
    patches: [
      patch(TABLE, 'if (acknowledged > session.acknowledged) this', 'if (acknowledged >= session.acknowledged) this'),
      patch(TABLE, 'if (one.sequence < acknowledged) this', 'if (one.sequence <= acknowledged) this'),
    ],
    tests: KV,
  },
  {
    name: 'session-of-any-user',
    story: 'a user writes in the session of another one',
    patches: [
      patch(ONCE, '  if (session.user !== userOf(command)) return', '  if (session.user === undefined) return'),
    ],
    tests: KV,
  },
  {
    name: 'session-ended-by-a-deposed-leader',
    story: 'the decision of a deposed leader ends a session',
    patches: [patch(COMMANDS, "  if (clampInteger(term) !== entry.term) return kvError('session-expiry-void');\n")],
    tests: KV,
  },
  {
    name: 'dropped-result-applied-again',
    story: 'a write whose result is too large to keep is applied again',
    patches: [
      patch(ONCE, '  sessions.keep(draft, write,', "  if (outcome.kind !== 'dropped') sessions.keep(draft, write,"),
    ],
    tests: KV,
  },
  {
    name: 'refusal-kept-as-a-result',
    story: 'a write that was refused because users had changed is refused for ever',
    patches: [patch(ONCE, "  'auth-old-revision',\n")],
    tests: KV,
  },
  {
    name: 'more-writes-than-a-session-takes',
    story: 'the client sends writes beyond the window of its session, which the server refuses',
    patches: [
      patch(CLIENT_SESSION, 'return this.#sequence + 1 < this.#lowest + this.#options.window;', 'return true;'),
    ],
    tests: { ...CLIENT, titles: 'more at once than a session takes' },
  },
  {
    name: 'answer-without-its-session-taken',
    story: 'the client takes the answer of a server that has applied a repeated write outside of its session',
    patches: [patch(CLIENT_SESSION, 'if (!sent.isMarked) this.#leave(sent.attempts);\n      else ', '')],
    tests: { ...CLIENT, titles: 'server without sessions may have applied them twice' },
  },
];
