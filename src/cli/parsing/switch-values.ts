import type { Command, Option } from 'commander';

/** The forms that Go's parser takes for a boolean. */
const TRUE = /^(?:1|t|true)$/i;
const FALSE = /^(?:0|f|false)$/i;

/**
 * Sets the command's switches that have a value after an equals sign, as in --prefix=true or --interactive=false. Go's
 * parser takes such values, and this parser does not.
 * @returns the words that are left to be parsed
 */
export function takeSwitchValues(command: Command, words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const left: string[] = [];
  for (const [at, word] of words.entries()) {
    const option = end >= 0 && at > end ? undefined : switchOf(command, word);
    const value = word.slice(word.indexOf('=') + 1);
    if (option === undefined || !(TRUE.test(value) || FALSE.test(value))) left.push(word);
    else command.setOptionValueWithSource(option.attributeName(), TRUE.test(value), 'cli');
  }
  return left;
}

function switchOf(command: Command, word: string): Option | undefined {
  const [, name] = /^(--[\w-]+)=/.exec(word) ?? [];
  return name === undefined
    ? undefined
    : command.options.find(({ long, ...option }) => long === name && isSwitch(option));
}

function isSwitch({ required, optional, negate }: Pick<Option, 'required' | 'optional' | 'negate'>): boolean {
  return !required && !optional && !negate;
}
