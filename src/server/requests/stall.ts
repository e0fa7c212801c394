import type { Clock } from '../../ports/clock.js';
import type { Signal } from '../../util/signal.js';

/**
 * Waits until a stream has room again or has ended.
 * @returns whether it took longer than the limit
 */
export async function stalls(wake: Signal, clock: Clock, limitMs: number): Promise<boolean> {
  let stalled = false;
  const cancel = clock.timeout(limitMs, () => {
    stalled = true;
    wake.set();
  });
  await wake.wait();
  cancel();
  return stalled;
}
