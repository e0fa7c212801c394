import { compare } from '../../../client/index.js';
import type { Client, Comparison, IndexComparison, IndexType } from '../../../client/index.js';
import { parseIndexValue } from '../indexes/values.js';

/** `index("by-email") = "alice@example.org"`: the operand is read once the type of the index is known. */
export interface IndexCondition {
  readonly index: string;
  readonly relation: '=' | '!=';
  readonly operand: string;
}

/** A condition as it is read from a line. */
export type Condition = Comparison | IndexCondition;

/** The conditions as comparisons. Asks for the type of each index once. @throws CommandError, RaftKvError */
export async function toComparisons(
  client: Client,
  conditions: readonly Condition[],
  hexInput: boolean,
): Promise<readonly (Comparison | IndexComparison)[]> {
  const types = new Map<string, IndexType>();
  const comparisons: (Comparison | IndexComparison)[] = [];
  for (const condition of conditions) {
    if (!('index' in condition)) {
      comparisons.push(condition);
      continue;
    }
    const { index, relation, operand } = condition;
    const type = types.get(index) ?? (await client.index(index).status()).index.type;
    types.set(index, type);
    comparisons.push(compare.index(index, relation, parseIndexValue(operand, type, hexInput)));
  }
  return comparisons;
}
