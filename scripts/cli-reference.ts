import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Command, Option } from 'commander';
import { format, resolveConfig } from 'prettier';
import { clientOptions } from '../src/cli/parsing/client-options.js';
import { COMMAND_GROUPS, type CommandEntry } from '../src/cli/parsing/command-entry.js';
import { COMMANDS } from '../src/cli/program/command-table.js';

import type { Streams } from '../src/cli/process/streams.js';
import { Subcommand } from '../src/cli/parsing/subcommand.js';

/*
 * The reference of all commands in docs/CLI.md, generated from their definitions. `make fix` writes it, or alone:
 *
 *     node --import tsx scripts/cli-reference.ts
 */

export const PAGE = join(import.meta.dirname, '..', 'docs', 'CLI.md');
const BEGIN = '<!-- commands: written by scripts/cli-reference.ts -->';
const END = '<!-- end of commands -->';

/** Streams that no definition of a command touches. */
const NO_STREAMS: Streams = {
  stdin: new PassThrough().end(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  variables: {},
  onInterrupt: () => undefined,
};

/** The page as it should be, from the text that it has. */
export async function updatedPage(text: string): Promise<string> {
  const options = await resolveConfig(PAGE);
  return await format(withReference(text, await referenceText()), { ...options, parser: 'markdown' });
}

/** Puts the reference between its two marks. @throws Error if the text has no marks */
function withReference(text: string, reference: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the text needs the lines ${BEGIN} and ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${reference}\n${text.slice(end)}`;
}

/** A command with the words before its name. */
export interface Leaf {
  readonly path: string;
  readonly command: Command;
}

/** Every command that does something, in the order of the help. */
export async function leaves(): Promise<readonly Leaf[]> {
  return (await Promise.all(COMMANDS.map(leavesOf))).flat();
}

async function leavesOf({ name, load }: CommandEntry): Promise<readonly Leaf[]> {
  const command = await load(NO_STREAMS, []);
  if (command.commands.length === 0) return [{ path: name, command }];
  return command.commands
    .filter((inner) => inner instanceof Subcommand)
    .map((inner) => ({ path: `${name} ${inner.name()}`, command: inner }));
}

/** Markdown: the flags of all commands, then a section for each group of commands. */
async function referenceText(): Promise<string> {
  const sections = await Promise.all(
    COMMAND_GROUPS.map(async (group) => {
      const found = (await Promise.all(COMMANDS.filter((entry) => entry.group === group).map(leavesOf))).flat();
      return [`### ${group}`, '', ...found.flatMap(leafLines)].join('\n');
    }),
  );
  return ['### Flags of all commands that call a cluster', '', ...optionTable(clientOptions()), '', ...sections].join(
    '\n',
  );
}

function leafLines({ path, command }: Leaf): readonly string[] {
  const usage = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const notes = command instanceof Subcommand ? command.notesText : '';
  const examples = command instanceof Subcommand ? command.examples : [];
  return [
    `#### \`${['raftkv', path, ...usage].join(' ')}\``,
    '',
    `${capitalized(command.description())}.`,
    '',
    // The settings of a member have a reference of their own.
    ...(path === 'serve' ? ['Its flags: [settings](OPERATIONS.md#settings).', ''] : flagLines(command.options)),
    // As it stands: its columns and line ends have a meaning.
    ...(notes === '' ? [] : ['```text', notes, '```', '']),
    '```sh',
    ...examples.flatMap(({ line, note }) => (note === undefined ? [line] : [`# ${note}`, line])),
    '```',
    '',
  ];
}

function flagLines(options: readonly Option[]): readonly string[] {
  const shown = options.filter(({ hidden }) => !hidden);
  return shown.length === 0 ? [] : [...optionTable(shown), ''];
}

function optionTable(options: readonly Option[]): readonly string[] {
  return [
    '| flag | meaning |',
    '| --- | --- |',
    ...options.map(({ flags, description, argChoices, defaultValue, defaultValueDescription }) => {
      const value: unknown = defaultValue;
      const shown = defaultValueDescription ?? (typeof value === 'number' ? String(value) : value);
      const isNamed = argChoices === undefined || argChoices.every((each) => description.includes(each));
      const choices = isNamed ? '' : `: ${argChoices.join(', ')}`;
      const suffix = typeof shown === 'string' && shown !== '' ? ` (default: ${shown})` : '';
      return `| \`${flags}\` | ${escaped(description + choices + suffix)} |`;
    }),
  ];
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '\\<');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, await updatedPage(readFileSync(PAGE, 'utf8')));
