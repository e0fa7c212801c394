import { cpuOf } from './cpu.js';
import { addressOf } from './indexes/data.js';
import type { RandomCall } from './load/random-call.js';
import { runRandomLoad } from './load/random-load.js';
import type { Shape } from './load/shape.js';
import type { LoneServer } from './lone-server.js';

/** Figures of a load on one member. Times are processor time of a call, in µs. */
export interface LoadFigures {
  /** Calls a second. */
  readonly rate: number;
  readonly memberUs: number;
}

const SEED = 1;

/** Keeps calls of a client of this process in progress. */
export async function loadByClient(
  server: LoneServer,
  options: { readonly atOnce: number; readonly seconds: number; readonly call: () => Promise<unknown> },
): Promise<LoadFigures & { readonly clientUs: number }> {
  const { atOnce, seconds, call } = options;
  const [memberBefore, before, start] = [cpuOf(server.process.pid), process.cpuUsage(), performance.now()];
  let calls = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1000) {
      await call();
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, loop));
  const { user, system } = process.cpuUsage(before);
  return {
    rate: (calls / (performance.now() - start)) * 1000,
    clientUs: (user + system) / calls,
    memberUs: (cpuOf(server.process.pid) - memberBefore) / calls,
  };
}

/** Keeps encoded calls in progress. */
export async function loadByCalls(
  server: LoneServer,
  { calls, seconds, ...shape }: Shape & { readonly calls: readonly RandomCall[]; readonly seconds: number },
): Promise<LoadFigures & { readonly p50Ms: number; readonly p99Ms: number }> {
  const before = cpuOf(server.process.pid);
  const load = { ...addressOf(server.endpoint), ...shape, seconds, calls, seed: SEED };
  const { rate, answered, p50Ms, p99Ms } = await runRandomLoad(load);
  const count = answered.reduce((sum, each) => sum + each, 0);
  return { rate, p50Ms, p99Ms, memberUs: (cpuOf(server.process.pid) - before) / count };
}
