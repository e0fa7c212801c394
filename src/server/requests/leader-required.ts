import type { Cancel, Clock } from '../../ports/clock.js';
import { stream, type Method, type StreamCall, type StreamMethod } from '../../rpc/service.js';
import { Errors } from './errors.js';
import type { Check } from './gate.js';
import { RevocableCall } from './revocable-call.js';

/** With the value "true", the client wants no response from a member without a leader. */
const METADATA = 'hasleader';

/**
 * Election timeouts without a leader after which streams are ended, as in etcd: opening new ones costs more than
 * waiting.
 */
const LOST_AFTER_ELECTIONS = 3;

/**
 * Handles calls whose metadata requires a leader: none begins while this member knows of no leader, and open streams
 * are ended after some time without one. So a client on the minority side of a partition goes to another member.
 */
export class LeaderRequired {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #streams = new Set<RevocableCall>();
  #known = false;
  #stopped = false;
  #cancelLoss: Cancel | undefined;

  constructor({ clock, electionMs }: { readonly clock: Clock; readonly electionMs: number }) {
    this.#clock = clock;
    this.#patienceMs = LOST_AFTER_ELECTIONS * electionMs;
  }

  /** Call it whenever the knowledge of a leader changes. */
  set(known: boolean): void {
    this.#known = known;
    if (this.#stopped) return;
    if (known) {
      this.#cancelLoss?.();
      this.#cancelLoss = undefined;
    } else {
      this.#cancelLoss ??= this.#clock.timeout(this.#patienceMs, () => this.#lose());
    }
  }

  /** Later changes end no stream. */
  stop(): void {
    this.#stopped = true;
    this.#cancelLoss?.();
  }

  /** Checks a call when it begins. */
  readonly check: Check = (call) => (!this.#known && call.metadata(METADATA) === 'true' ? Errors.noLeader : undefined);

  /** Wraps streams that require a leader, so that they can be ended. */
  revocable(methods: readonly Method[]): readonly Method[] {
    return methods.map((method) => (method.kind === 'unary' ? method : this.#revocable(method)));
  }

  #revocable(method: StreamMethod<never>): Method {
    const { kind, handle } = method;
    return stream<never>(kind, {
      ...method,
      handle: (call) => {
        if (call.metadata(METADATA) !== 'true') return handle(call);
        const revocable = new RevocableCall(call, () => this.#streams.delete(revocable));
        this.#streams.add(revocable);
        handle(revocable as unknown as StreamCall<never>);
      },
    });
  }

  #lose(): void {
    this.#cancelLoss = undefined;
    for (const call of this.#streams) call.revoke(Errors.noLeader);
  }
}
