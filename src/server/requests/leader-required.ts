import type { Cancel, Clock } from '../../ports/clock.js';
import { stream, type Method, type StreamCall, type StreamMethod } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { Errors } from './errors.js';
import type { Check } from './gate.js';

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

/** A call that can be ended from outside its handler, to which that looks like a cancellation. */
class RevocableCall implements StreamCall<unknown> {
  readonly #call: StreamCall<unknown>;
  readonly #onOver: () => void;
  readonly #cancelCallbacks: (() => void)[] = [];
  #state: 'open' | 'over' | 'cancelled' = 'open';

  constructor(call: StreamCall<never>, onOver: () => void) {
    this.#call = call;
    this.#onOver = onOver;
    this.#call.onCancel(() => this.#cancel());
  }

  get cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  revoke(status: Status): void {
    if (this.#state !== 'open') return;
    this.#call.fail(status);
    this.#cancel();
  }

  metadata(name: string): string | undefined {
    return this.#call.metadata(name);
  }

  remainingMs(): number | undefined {
    return this.#call.remainingMs();
  }

  onCancel(callback: () => void): void {
    if (this.cancelled) callback();
    else this.#cancelCallbacks.push(callback);
  }

  onMessage(callback: (request: unknown) => void): void {
    this.#call.onMessage(callback);
  }

  onEnd(callback: () => void): void {
    this.#call.onEnd(callback);
  }

  send(body: Uint8Array): boolean {
    return this.#call.send(body);
  }

  onDrain(callback: () => void): void {
    this.#call.onDrain(callback);
  }

  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  end(...trailers: Parameters<StreamCall<unknown>['end']>): void {
    this.#over();
    this.#call.end(...trailers);
  }

  fail(...outcome: Parameters<StreamCall<unknown>['fail']>): void {
    this.#over();
    this.#call.fail(...outcome);
  }

  #over(): void {
    if (this.#state !== 'open') return;
    this.#state = 'over';
    this.#onOver();
  }

  #cancel(): void {
    if (this.#state !== 'open') return;
    this.#state = 'cancelled';
    this.#onOver();
    for (const callback of this.#cancelCallbacks.splice(0)) callback();
  }
}
