import type { CallResult } from '../../support/virtual-member.js';
import type { Machine } from '../machine.js';
import type { World } from '../world.js';

/** A call of a client, and its text in the trace. */
export interface IndexCall {
  readonly client: string;
  readonly what: string;
  readonly path: string;
  readonly body: Uint8Array;
}

/** Time that a client waits beyond the member's own limit, in ms. */
const PATIENCE_MS = 1000;

/** Calls a member. @returns undefined if there is no answer in time */
export async function ask(world: World, machine: Machine, call: IndexCall): Promise<CallResult | undefined> {
  const { time, options, trace } = world;
  if (trace.on) trace.line(machine, `${call.client} calls: ${call.what}`);
  const result = await new Promise<CallResult | undefined>((resolve) => {
    const cancel = time.schedule(options.requestMs + PATIENCE_MS, () => resolve(undefined));
    void machine.member.call(call.path, call.body).then((answer) => {
      cancel();
      resolve(answer);
    });
  });
  if (trace.on && result?.kind !== 'ok')
    trace.line(machine, `${call.client} gets: ${result?.status.message ?? 'nothing'}`);
  return result;
}
