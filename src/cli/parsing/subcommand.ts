import { FlagCommand } from './flag-command.js';

/** One line of a command's examples. */
export interface Example {
  /** The whole command line, program first. */
  readonly line: string;
  /** A noun phrase or an imperative that explains the line; undefined if it needs no explanation. */
  readonly note: string | undefined;
}

/** A command of `raftkv` with notes and examples, which its help and the reference page show. */
export class Subcommand extends FlagCommand {
  readonly #examples: Example[] = [];
  #notes = '';

  /** Adds text of several lines after the flags. Call it before `example`. */
  notes(text: string): this {
    this.#notes = text.trim();
    return this.addHelpText('after', `\n${this.#notes}`);
  }

  /** The text that `notes` has added; empty without any. */
  get notesText(): string {
    return this.#notes;
  }

  /** Adds an example at the end of the help. */
  example(line: string, note?: string): this {
    // Registered with the first example, so that examples stand after any help text added before them.
    if (this.#examples.length === 0) this.addHelpText('after', () => this.#exampleText());
    this.#examples.push({ line, note });
    return this;
  }

  get examples(): readonly Example[] {
    return this.#examples;
  }

  #exampleText(): string {
    const lines = this.#examples.flatMap(({ line, note }) => [
      ...(note === undefined ? [] : [`  # ${note}`]),
      `  ${line}`,
    ]);
    return ['', 'Examples:', ...lines].join('\n');
  }
}
