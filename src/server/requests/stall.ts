import type { Clock } from '../../ports/clock.js';
import type { Signal } from '../../util/signal.js';

/**
 * Waits until a stream has room again, or nobody to make any.
 * @returns whether that took longer than the client may take
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
