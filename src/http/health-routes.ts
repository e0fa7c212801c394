import type { ServerResponse } from 'node:http';
import { answerText, JSON_TYPE, TEXT } from './answers.js';
import type { Route } from './router.js';

/** The state of a member that its health depends on. */
export interface HealthSource {
  readonly hasLeader: () => boolean;
  readonly isLearner: () => boolean;
  /** Alarms raised by any member of the cluster, by etcd's names. */
  readonly alarms: () => readonly string[];
  /** Tries a read at a level for about a second. Resolves with the problem, if there is one. */
  readonly read: (level: 'consistent' | 'stale') => Promise<string | undefined>;
  readonly version: Versions;
  /** Called with each answer of /health. */
  readonly onHealth?: (healthy: boolean) => void;
  /** Called with the outcome of each check of /livez and /readyz. */
  readonly onCheck?: (type: string, name: string, ok: boolean) => void;
}

/** In the form of /version. */
export interface Versions {
  readonly etcdserver: string;
  readonly etcdcluster: string;
  readonly storage: string;
}

/** Resolves with the problem, if there is one. */
type Check = () => Promise<string | undefined>;

/** /health, /livez, /readyz and /version, as etcd has them. */
export function healthRoutes(source: HealthSource): ReadonlyMap<string, Route> {
  const staleRead: Check = () => source.read('stale');
  const live = { serializable_read: staleRead };
  const ready = {
    data_corruption: async () => (source.alarms().includes('CORRUPT') ? 'alarm activated: CORRUPT' : undefined),
    serializable_read: staleRead,
    linearizable_read: () => source.read('consistent'),
    non_learner: async () => (source.isLearner() ? 'the member is a learner' : undefined),
  };
  return new Map<string, Route>([
    ['/health', { allow: 'GET', handle: (_request, response, query) => void answerHealth(source, query, response) }],
    ['/version', { allow: 'GET', handle: (_request, response) => answerVersion(source, response) }],
    ...checkRoutes('livez', recorded(source, 'livez', live)),
    ...checkRoutes('readyz', recorded(source, 'readyz', ready)),
  ]);
}

function answerVersion(
  { version: { etcdserver, etcdcluster, storage } }: HealthSource,
  response: ServerResponse,
): void {
  answerText(response, 200, JSON.stringify({ etcdserver, etcdcluster, storage }), JSON_TYPE);
}

async function answerHealth(source: HealthSource, query: URLSearchParams, response: ServerResponse): Promise<void> {
  const problem = await problemOf(source, query);
  const healthy = problem === undefined;
  source.onHealth?.(healthy);
  const body = JSON.stringify({ health: String(healthy), reason: problem ?? '' });
  // Go ends the text of an error with a line end.
  answerText(response, healthy ? 200 : 503, healthy ? body : `${body}\n`, TEXT);
}

/** `exclude` names alarms that do not count; `serializable=true` asks for the health of this member alone. */
async function problemOf(source: HealthSource, query: URLSearchParams): Promise<string | undefined> {
  const excluded = new Set(query.getAll('exclude').map((name) => name.toUpperCase()));
  const alarm = source.alarms().find((name) => !excluded.has(name));
  if (alarm !== undefined) return `ALARM ${alarm}`;
  const serializable = query.get('serializable') === 'true';
  if (!serializable && !source.hasLeader()) return 'RAFT NO LEADER';
  const problem = await source.read(serializable ? 'stale' : 'consistent');
  return problem === undefined ? undefined : `RANGE ERROR:${problem}`;
}

function recorded(
  { onCheck }: HealthSource,
  type: string,
  checks: Readonly<Record<string, Check>>,
): readonly [string, Check][] {
  return Object.entries(checks).map(([name, check]) => [
    name,
    async () => {
      const problem = await check();
      onCheck?.(type, name, problem === undefined);
      return problem;
    },
  ]);
}

/** One path for all checks together, without those that `exclude` names, and one for each check. */
function checkRoutes(type: string, checks: readonly [string, Check][]): [string, Route][] {
  const route = (chosen: (query: URLSearchParams) => readonly [string, Check][]): Route => ({
    allow: 'GET',
    handle: (_request, response, query) => void runChecks(chosen(query), query, response),
  });
  const without = (query: URLSearchParams): readonly [string, Check][] => {
    const excluded = query.getAll('exclude');
    return checks.filter(([name]) => !excluded.includes(name));
  };
  return [
    [`/${type}`, route(without)],
    ...checks.map(([name, check]): [string, Route] => [`/${type}/${name}`, route(() => [[name, check]])]),
  ];
}

async function runChecks(
  checks: readonly [string, Check][],
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const outcomes = await Promise.all(checks.map(async ([name, check]) => ({ name, problem: await check() })));
  const lines = outcomes.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${problem}\n`,
  );
  if (outcomes.some(({ problem }) => problem !== undefined)) {
    // Failed checks are listed even without `verbose`.
    answerText(response, 503, `${lines.join('')}\n`, TEXT);
    return;
  }
  response.setHeader('x-content-type-options', 'nosniff');
  answerText(response, 200, `${query.has('verbose') ? lines.join('') : ''}ok\n`, TEXT);
}
