import { connect } from 'node:net';
import { once } from 'node:events';
import { cpuOf } from '../cpu.js';
import { LoadConnection, type Caller } from './load-connection.js';
import type { RandomCall } from './random-call.js';
import type { Shape } from './shape.js';

export interface RandomLoad extends Shape {
  readonly host: string;
  readonly port: number;
  readonly seconds: number;
  /** Most calls, if they take less time than that. */
  readonly callsMax?: number;
  readonly calls: readonly RandomCall[];
  readonly seed: number;
}

export interface RandomLoadResult {
  /** By kind of call. */
  readonly answered: readonly number[];
  /** Answers a second. */
  readonly rate: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of this process per call, in µs. */
  readonly clientUs: number;
}

/** Time limit of the calls in progress at the end, in ms. */
const DRAIN_MS = 60_000;

/** Keeps calls in progress for a time. @throws Error if any call failed, or its answer was too short */
export async function runRandomLoad(load: RandomLoad): Promise<RandomLoadResult> {
  const times: number[] = [];
  const answered = load.calls.map(() => 0);
  const random = xorshift(load.seed);
  const percents = load.calls.map((_, kind) =>
    load.calls.slice(0, kind + 1).reduce((sum, { percent }) => sum + percent, 0),
  );
  const sockets = Array.from({ length: load.connections }, () => connect(load.port, load.host));
  try {
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const [cpuBefore, start] = [cpuOf(process.pid), performance.now()];
    let left = load.callsMax ?? Number.POSITIVE_INFINITY;
    let isOver = false;
    await new Promise<void>((resolve, reject) => {
      const caller: Caller = {
        next() {
          if (isOver || left === 0) return undefined;
          left -= 1;
          const drawn = random() % 100;
          return percents.findIndex((percent) => drawn < percent);
        },
        keyNumber: (kind) => random() % (load.calls[kind]?.keys ?? 1),
        answered(kind, tookMs) {
          times.push(tookMs);
          answered[kind] = (answered[kind] ?? 0) + 1;
          if ((isOver || left === 0) && connections.every(({ running }) => running === 0)) finish(resolve);
        },
        failed: (error) => finish(() => reject(error)),
      };
      const connections = sockets.map(
        (socket) => new LoadConnection({ ...load, socket, authority: `${load.host}:${load.port}`, caller }),
      );
      const drained = setTimeout(
        () => caller.failed(new Error(`calls are unanswered after ${DRAIN_MS} ms`)),
        load.seconds * 1000 + DRAIN_MS,
      );
      const over = setTimeout(() => {
        isOver = true;
        if (connections.every(({ running }) => running === 0)) finish(resolve);
      }, load.seconds * 1000);
      const finish = (settle: () => void): void => {
        clearTimeout(drained);
        clearTimeout(over);
        settle();
      };
    });
    const seconds = (performance.now() - start) / 1000;
    if (times.length === 0) throw new Error('no call was answered');
    const sorted = Float64Array.from(times).sort();
    const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    return {
      answered,
      rate: times.length / seconds,
      meanMs: sorted.reduce((sum, each) => sum + each, 0) / sorted.length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      clientUs: (cpuOf(process.pid) - cpuBefore) / times.length,
    };
  } finally {
    for (const socket of sockets) socket.removeAllListeners('close').destroy();
  }
}

/** Integers of 31 bits: Marsaglia's xorshift32. @param seed not 0 */
function xorshift(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 1;
  };
}
