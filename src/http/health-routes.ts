import type { ServerResponse } from 'node:http';
import { answerText, JSON_TYPE, TEXT } from './answers.js';
import type { Route } from './router.js';

/** What a member knows of its own health. */
export interface HealthSource {
  readonly hasLeader: () => boolean;
  readonly isLearner: () => boolean;
  /** That are raised anywhere in the cluster, by etcd's names. */
  readonly alarms: () => readonly string[];
  /** Reads at a level, within a second or so. Resolves with what is wrong, if anything is. */
  readonly read: (level: 'consistent' | 'stale') => Promise<string | undefined>;
  readonly version: { readonly etcdserver: string; readonly etcdcluster: string };
  /** Hears of each answer of /health. */
  readonly onHealth?: (healthy: boolean) => void;
}

/** Resolves with what is wrong, if anything is. */
type Check = () => Promise<string | undefined>;

/** /health for those who have asked etcd for it so far, /livez and /readyz for Kubernetes, and /version. */
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
    ['/health', { allow: 'GET', handle: (_request, response, query) => void health(source, query, response) }],
    ['/version', { allow: 'GET', handle: (_request, response) => version(source, response) }],
    ...checkRoutes('/livez', live),
    ...checkRoutes('/readyz', ready),
  ]);
}

function version({ version: { etcdserver, etcdcluster } }: HealthSource, response: ServerResponse): void {
  answerText(response, 200, JSON.stringify({ etcdserver, etcdcluster }), JSON_TYPE);
}

/** A healthy member answers in the very bytes of etcd 3.4; one that is not says why, as later etcds do. */
async function health(source: HealthSource, query: URLSearchParams, response: ServerResponse): Promise<void> {
  const reason = await whatIsWrong(source, query);
  source.onHealth?.(reason === undefined);
  if (reason === undefined) return answerText(response, 200, '{"health":"true"}', TEXT);
  answerText(response, 503, `${JSON.stringify({ health: 'false', reason })}\n`, TEXT);
}

async function whatIsWrong(source: HealthSource, query: URLSearchParams): Promise<string | undefined> {
  const excluded = new Set(query.getAll('exclude').map((name) => name.toUpperCase()));
  const alarm = source.alarms().find((name) => !excluded.has(name));
  if (alarm !== undefined) return `ALARM ${alarm}`;
  const serializable = query.get('serializable') === 'true';
  if (!serializable && !source.hasLeader()) return 'RAFT NO LEADER';
  const problem = await source.read(serializable ? 'stale' : 'consistent');
  return problem === undefined ? undefined : `RANGE ERROR:${problem}`;
}

/** A path for all checks together, less those that `exclude` names, and one for each alone. */
function checkRoutes(path: string, checks: Readonly<Record<string, Check>>): [string, Route][] {
  const route = (chosen: (query: URLSearchParams) => [string, Check][]): Route => ({
    allow: 'GET',
    handle: (_request, response, query) => void runChecks(chosen(query), query, response),
  });
  const all = Object.entries(checks);
  const without = (query: URLSearchParams): [string, Check][] => {
    const excluded = query.getAll('exclude');
    return all.filter(([name]) => !excluded.includes(name));
  };
  return [
    [path, route(without)],
    ...all.map(([name, check]): [string, Route] => [`${path}/${name}`, route(() => [[name, check]])]),
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
    // Why it failed is told in any case.
    return answerText(response, 503, `${lines.join('')}\n`, TEXT);
  }
  response.setHeader('x-content-type-options', 'nosniff');
  answerText(response, 200, `${query.has('verbose') ? lines.join('') : ''}ok\n`, TEXT);
}
