/**
 * A sequential object, to compare concurrent histories with. Inputs and outputs are plain JSON: calls with equal ones are
 * steps of the same kind.
 */
export interface Model<State, Input, Output> {
  readonly initial: State;
  /**
   * The state after the call, or `illegal` if the output is impossible in this state. An undefined `output` is an
   * unseen answer: any is legal. Must depend on its arguments alone: results are remembered.
   */
  step(state: State, input: Input, output: Output | undefined): Step<State>;
  /**
   * The part of the object that a call reads and changes. Calls with different keys are independent, and are checked
   * separately (Herlihy and Wing: linearizability is local). Absent: the object has no independent parts.
   */
  key?(input: Input): string;
  /** Equal for equal states only. */
  fingerprint(state: State): string;
  /** Whether a call without an answer means nothing, and is dropped: a read. */
  readOnly(input: Input): boolean;
  /**
   * Whether a call with this answer changes no state in which it is legal. The search takes such a call as soon as it
   * is legal, and tries no other order. Default: `readOnly`.
   */
  keepsState?(input: Input, output: Output): boolean;
  describe(input: Input, output: Output | undefined): string;
}

export type Step<State> = { readonly kind: 'legal'; readonly state: State } | { readonly kind: 'illegal' };

export const ILLEGAL = { kind: 'illegal' } as const;
export const legal = <State>(state: State): Step<State> => ({ kind: 'legal', state });
