import { Command } from 'commander';
import type { ErrorOptions, Option } from 'commander';
import { suggestion } from '../../util/suggestion.js';
import { parseGoBoolean } from '../../util/go-boolean.js';

/** A command whose boolean options also take a value behind "=", as Go's flags do: --prefix=true, --prefix=0. */
export class FlagCommand extends Command {
  /** @throws CommanderError for a value that is no boolean */
  override parseOptions(args: string[]): ReturnType<Command['parseOptions']> {
    return super.parseOptions(this.#withoutValues(args));
  }

  /** Reports a parsing error. An unknown option gets the suggestion that settings get. @throws CommanderError */
  override error(message: string, options?: ErrorOptions): never {
    // Without the value, which may be a password. A short option may be followed by one directly: -psecret.
    const [, flag] = /^error: unknown option '(--[^'=]+|-.)/s.exec(message) ?? [];
    return super.error(
      flag === undefined ? message : `error: unknown option '${flag}'${this.#similarFlag(flag)}${this.unknownFlagHint}`,
      options,
    );
  }

  /** Follows the message about an unknown option. */
  protected get unknownFlagHint(): string {
    return '';
  }

  #similarFlag(flag: string): string {
    const help = this.createHelp();
    const flags = [...help.visibleOptions(this), ...help.visibleGlobalOptions(this)].flatMap(({ long }) =>
      typeof long === 'string' ? [long] : [],
    );
    return suggestion(flag, flags);
  }

  /** The arguments without values of boolean options: a true option stands alone, and a false one is left out. */
  #withoutValues(args: readonly string[]): string[] {
    const plain: string[] = [];
    for (const [index, arg] of args.entries()) {
      // The arguments behind are no options.
      if (arg === '--') return [...plain, ...args.slice(index)];
      const [, flag = '', text = ''] = /^(--?[^=]+)=(.*)$/s.exec(arg) ?? [];
      const option = this.options.find(({ long, short }) => flag !== '' && (long === flag || short === flag));
      if (option === undefined || !isSwitch(option) || this.#isValue(args[index - 1])) {
        plain.push(arg);
        continue;
      }
      const value = this.#parse(option, text);
      // The last of several counts.
      const others = plain.filter((each) => each !== option.long && each !== option.short);
      plain.splice(0, plain.length, ...others, ...(value ? [flag] : []));
      if (!value && !option.negate) this.setOptionValueWithSource(option.attributeName(), false, 'cli');
    }
    return plain;
  }

  /** Whether the argument behind this one is its value. */
  #isValue(before: string | undefined): boolean {
    if (before === undefined) return false;
    return this.options.some((option) => option.required && (option.long === before || option.short === before));
  }

  #parse({ long, short }: Option, text: string): boolean {
    const value = parseGoBoolean(text);
    if (value !== undefined) return value;
    const names = [short, long].filter((name) => typeof name === 'string').join(', ');
    return this.error(`error: invalid argument "${text}" for "${names}" flag: must be true or false`);
  }
}

/** Whether an option has no value of its own. */
function isSwitch({ required, optional }: Option): boolean {
  return !required && !optional;
}
