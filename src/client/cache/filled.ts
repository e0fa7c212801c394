import type { KeyRange } from '../keys/key-range.js';
import { scan } from '../keys/scan.js';
import type { RangeResult } from '../keys/range.js';
import type { CacheSource } from './cache-source.js';
import { outOfLine, tooLarge } from './cache-types.js';
import type { CacheLimits } from './cache-types.js';
import { Memory } from './memory.js';
import { selectorOf } from './span.js';

/** Reads the keys of a cache page by page, all at one revision. @throws RaftKvError `too-large` beyond a bound */
export async function filled(
  source: CacheSource,
  { range, limits, signal }: { readonly range: KeyRange; readonly limits: CacheLimits; readonly signal: AbortSignal },
): Promise<Memory> {
  const asOfMs = source.now();
  let memory: Memory | undefined;
  const readPage: Parameters<typeof scan>[0] = async (page, options) => {
    const result = await source.range(page, options);
    memory = begun(memory, result, { limits, asOfMs });
    return result;
  };
  for await (const kv of scan(readPage, selectorOf(range), { consistency: 'consistent', signal })) memory?.fill(kv);
  if (memory === undefined) throw new TypeError('a scan reads at least one page');
  return memory;
}

function begun(
  memory: Memory | undefined,
  { header, count }: RangeResult,
  { limits, asOfMs }: { readonly limits: CacheLimits; readonly asOfMs: number },
): Memory {
  const { clusterId, revision } = header;
  if (memory !== undefined) {
    if (clusterId === memory.clusterId) return memory;
    throw outOfLine(`a page is of the cluster ${clusterId}, and the page before it of ${memory.clusterId}`);
  }
  // Before the keys are read in vain.
  if (count > limits.keysMax) throw tooLarge(limits);
  return new Memory({ limits, clusterId, revision, asOfMs });
}
