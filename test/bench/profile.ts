/** The used parts of a V8 CPU profile. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  /** The node that each sample hit, and the microseconds since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly group: string;
  readonly ms: number;
  readonly functions: readonly { readonly name: string; readonly ms: number }[];
}

/** Self time of each package or folder, and of the functions in it, the largest first. */
export function selfTimes(profile: CpuProfile): SelfTime[] {
  const byNode = new Map<number, number>();
  for (const [i, id] of profile.samples.entries())
    byNode.set(id, (byNode.get(id) ?? 0) + (profile.timeDeltas[i] ?? 0) / 1000);
  const groups = new Map<string, Map<string, number>>();
  for (const { id, callFrame } of profile.nodes) {
    const ms = byNode.get(id);
    if (ms === undefined) continue;
    const group = groupOf(callFrame.url, callFrame.functionName);
    const functions = groups.get(group) ?? new Map<string, number>();
    groups.set(group, functions);
    const file = callFrame.url.split('/').at(-1) ?? '';
    const name = `${callFrame.functionName || '(anonymous)'} ${file}:${callFrame.lineNumber + 1}`;
    functions.set(name, (functions.get(name) ?? 0) + ms);
  }
  return [...groups]
    .map(([group, functions]) => ({
      group,
      ms: [...functions.values()].reduce((sum, ms) => sum + ms, 0),
      functions: [...functions].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms),
    }))
    .sort((a, b) => b.ms - a.ms);
}

function groupOf(url: string, functionName: string): string {
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(url);
  if (dependency?.[1] !== undefined) return dependency[1];
  const own = /\/dist\/([^/]+)\//.exec(url);
  if (own?.[1] !== undefined) return `raftkv ${own[1]}/`;
  const builtIn = /^node:((?:internal\/)?[^/]+)/.exec(url);
  if (builtIn?.[1] !== undefined) return `node:${builtIn[1]}`;
  return url === '' && functionName.startsWith('(') ? functionName : 'native';
}

export function formatProfile(times: readonly SelfTime[], functionsPerGroup: number): string {
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  const share = (ms: number): string => `${((100 * ms) / total).toFixed(1).padStart(5)} %`;
  const lines: string[] = [];
  for (const { group, ms, functions } of times.filter(({ ms }) => ms >= total * 0.005)) {
    lines.push(`${share(ms)}  ${group}`);
    if (group.startsWith('(')) continue;
    for (const one of functions.slice(0, functionsPerGroup).filter(({ ms }) => ms >= total * 0.003))
      lines.push(`    ${share(one.ms)}  ${one.name}`);
  }
  return lines.join('\n');
}
