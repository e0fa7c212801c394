import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** The scenario files in the folders `interaction`, `quorum` and `confchange`, which a directory must have. */
export function scenarioFiles(directory: string): ScenarioFile[] {
  return KINDS.flatMap((kind) => {
    const folder = join(directory, kind);
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

/** Runs one file to its end; what follows a difference may differ for the same reason. */
export function differences({ kind, path }: ScenarioFile): Difference[] {
  const run = RUNNERS[kind]();
  return parseScenario(readFileSync(path, 'utf8')).flatMap((block: Block) => {
    const [expected, actual] = [comparable(block.expected), comparable(run(block))];
    const { line, name: command } = block;
    return expected === actual ? [] : [{ line, command, expected, actual }];
  });
}

/** Writes into a file what its commands print now: to be read by a person before anybody relies on it. */
export function rewrite({ kind, path }: ScenarioFile): void {
  const text = readFileSync(path, 'utf8');
  const run = RUNNERS[kind]();
  const blocks = parseScenario(text);
  writeFileSync(path, withOutputs(text, blocks, blocks.map(run).map(comparable)));
}
