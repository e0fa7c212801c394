import { wholeBody } from '../../../src/kv/format/wire.js';
import type { ApplyResult, ReadResult } from '../../../src/kv/store.js';
import { decodeAnswer } from './answers.js';
import { ModelError, type Model, type ModelAnswer } from './model.js';
import type { WriteKind } from './writes.js';

/** An answer in the form in which those of the store and of the model are compared. */
export type Compared =
  | { readonly kind: 'ok'; readonly revision: number; readonly answer: ModelAnswer }
  | { readonly kind: 'error'; readonly revision: number; readonly error: { readonly kind: string } };

/** The model's answer, with the revision that the header must have. */
export function expected(model: Model, ask: (model: Model) => ModelAnswer): Compared {
  try {
    const answer = ask(model);
    return { kind: 'ok', revision: model.revision, answer };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { kind: 'error', revision: model.revision, error: { kind: error.message } };
  }
}

/** The same of a store. */
export function actual(kind: WriteKind | 'range', result: ApplyResult | ReadResult): Compared {
  const { revision } = result;
  if (result.kind === 'error') return { kind: 'error', revision, error: { kind: result.error.kind } };
  return { kind: 'ok', revision, answer: decodeAnswer[kind](wholeBody(result.body)) };
}
