import type { Call } from '../../support/history.js';
import { FORMAT } from '../history/event.js';
import { callsOf, MalformedHistory, parseHistory } from '../history/history.js';
import type { Verdict } from '../history/verdict.js';
import { checkHistory, provesLinearizability, type HistoryCheckOptions } from './check-history.js';
import { isMapLog, isRegisterLog, parseMapLog, parseRegisterLog } from './formats/published.js';
import { checkLinearizability } from './linearizability/check.js';
import type { Model } from './linearizability/model.js';
import { mapModel, registerModel } from './linearizability/models.js';

/** The result for a history of any known format. */
export interface TextVerdict {
  readonly kind: 'right' | 'wrong' | 'unknown';
  /** One line: the verdict, or why there is none. */
  readonly headline: string;
  /** What each checker found, for people. */
  readonly details: readonly string[];
}

/**
 * Checks a history in the project's format, or in one of the two formats of published histories, recognised by its content.
 * @throws MalformedHistory if the text is in none of them, breaks its rules, or has no call
 */
export function checkText(text: string, options: HistoryCheckOptions = {}): TextVerdict {
  if (isMapLog(text)) return checkCalls(mapModel, parseMapLog(text), options);
  if (isRegisterLog(text)) return checkCalls(registerModel, parseRegisterLog(text), options);
  if (!text.trimStart().startsWith('{"')) {
    throw new MalformedHistory(`unknown format: neither ${FORMAT} nor a log of a register or a map`);
  }
  const history = parseHistory(text);
  if (callsOf(history).length === 0) throw new MalformedHistory('the history has no call');
  const verdicts = checkHistory(history, options);
  if (verdicts.length === 0) throw new MalformedHistory(`there is no checker for workload ${history.header.workload}`);
  const word = provesLinearizability(history) ? 'linearizable' : 'legal';
  const details = verdicts.flatMap(describeVerdict);
  if (verdicts.some(({ valid }) => valid === false)) return { kind: 'wrong', headline: `not ${word}`, details };
  const open = verdicts.filter(({ valid }) => valid === 'unknown');
  if (open.length === 0) return { kind: 'right', headline: word, details };
  const reasons = open.map(({ checker, details }) => `${checker}: ${String(details?.['undecided'])}`);
  return { kind: 'unknown', headline: reasons.join('; '), details };
}

function checkCalls<State, Input, Output>(
  model: Model<State, Input, Output>,
  calls: readonly Call<Input, Output>[],
  { timeLimitMs = 120_000, memoryLimitMiB }: HistoryCheckOptions,
): TextVerdict {
  if (calls.length === 0) throw new MalformedHistory('the history has no call');
  const bounds = { timeLimitMs, ...(memoryLimitMiB === undefined ? {} : { memoryLimitMiB }) };
  const verdict = checkLinearizability(model, calls, bounds);
  switch (verdict.kind) {
    case 'linearizable':
      return { kind: 'right', headline: 'linearizable', details: [`${calls.length} calls`] };
    case 'not-linearizable':
      return { kind: 'wrong', headline: 'not linearizable', details: [verdict.report] };
    case 'unknown':
      return { kind: 'unknown', headline: `linearizability: ${verdict.reason}`, details: [] };
    default:
      return verdict satisfies never;
  }
}

function describeVerdict({ checker, valid, operations, ms, anomalies }: Verdict): string[] {
  const result = valid === true ? 'valid' : valid === false ? 'not valid' : 'unknown';
  const lines = [`${checker}: ${result} (${operations} operations, ${ms} ms)`];
  for (const { name, text, events } of anomalies) lines.push(`${name}: ${text}`, `  events ${events.join(', ')}`);
  return lines;
}
