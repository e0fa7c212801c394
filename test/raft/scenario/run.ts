import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changerRunner } from './changer.js';
import { interactionRunner } from './interaction.js';
import { quorumRunner } from './quorum.js';
import { comparable, parseScenario, withOutputs, type Block } from './language.js';

const RUNNERS = { interaction: interactionRunner, quorum: quorumRunner, confchange: changerRunner } as const;
type Kind = keyof typeof RUNNERS;
const KINDS: readonly Kind[] = ['interaction', 'quorum', 'confchange'];

export interface ScenarioFile {
  readonly kind: Kind;
  readonly path: string;
}

/**
 * The scenario files in the folders `interaction`, `quorum` and `confchange` of a directory; missing folders are
 * skipped.
 */
export function scenarioFiles(directory: string): ScenarioFile[] {
  return KINDS.flatMap((kind) => {
    const folder = join(directory, kind);
    if (!existsSync(folder)) return [];
    const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    return names.sort().map((name) => ({ kind, path: join(folder, name) }));
  });
}

export interface Difference {
  readonly line: number;
  readonly command: string;
  readonly expected: string;
  readonly actual: string;
}

/** Runs one file to its end, or to the first error. Blocks after a difference may differ for the same reason. */
export function differences({ kind, path }: ScenarioFile): Difference[] {
  const found: Difference[] = [];
  let block: Block | undefined;
  try {
    const run = RUNNERS[kind]();
    for (block of parseScenario(readFileSync(path, 'utf8'))) {
      const { line, name: command } = block;
      const [expected, actual] = [comparable(block.expected), comparable(run(block))];
      if (expected !== actual) found.push({ line, command, expected, actual });
    }
  } catch (error) {
    // After an error the nodes may be in any state.
    const { line, name: command, expected } = block ?? { line: 0, name: 'the file', expected: '' };
    found.push({ line, command, expected: comparable(expected), actual: `cannot go on: ${String(error)}` });
  }
  return found;
}

/** The output of each block of a file. */
export function outputsOf(kind: Kind, blocks: readonly Block[]): string[] {
  return blocks.map(RUNNERS[kind]()).map(comparable);
}

/** Replaces the expected outputs in a file with the present ones. Review the result before use. */
export function rewrite({ kind, path }: ScenarioFile): void {
  const text = readFileSync(path, 'utf8');
  const blocks = parseScenario(text);
  writeFileSync(path, withOutputs(text, blocks, outputsOf(kind, blocks)));
}
