import { assertNever } from '../../util/assert.js';
import { plural, toHex } from '../output/text.js';
import type { LoadEvent, LoadLine } from './loader.js';
import { workDone } from './progress.js';
import type { Progress } from './progress.js';

/** Maximum number of lines of each kind that are printed; further lines are only counted. */
const NAMED_MAX = 20;
/** Maximum number of reasons that are counted separately. */
const REASONS_MAX = 8;

/** Counts the outcomes of lines, and prints those that went wrong. */
export class LoadReport {
  readonly #progress: Progress;
  readonly #named = new Map<string, number>();
  readonly #reasons = new Map<string, number>();
  #loaded = 0;
  #bad = 0;
  #refused = 0;
  #undecidable = 0;
  #foreign = 0;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  get failed(): boolean {
    return this.#bad + this.#refused + this.#undecidable > 0;
  }

  /** A line that cannot be parsed. */
  bad(lineNumber: number, why: string): void {
    this.#bad += 1;
    // The text after the colon explains the reason or quotes the line.
    const reason = why.split(': ', 1)[0] ?? why;
    const counted = this.#reasons.has(reason) || this.#reasons.size < REASONS_MAX ? reason : 'other reasons';
    this.#reasons.set(counted, (this.#reasons.get(counted) ?? 0) + 1);
    this.#name('bad', `line ${lineNumber}: ${why}`);
  }

  /** Advances the progress by lines that are not loaded: bad lines and empty ones. */
  skipped(fileBytes: number): void {
    this.#progress.advance(0, fileBytes);
  }

  onEvent(event: LoadEvent): void {
    switch (event.kind) {
      case 'loaded':
        this.#loaded += event.lines.length;
        this.#progress.advance(
          event.lines.length,
          event.lines.reduce((sum, { fileBytes }) => sum + fileBytes, 0),
        );
        return;
      case 'foreign':
        this.#foreign += 1;
        this.#name('foreign', `${where(event.line)}: warning: another client writes this key at the same time`);
        return;
      case 'undecidable':
        this.#undecidable += 1;
        this.skipped(event.line.fileBytes);
        this.#name(
          'undecidable',
          `${where(event.line)}: another client wrote this key at the same time; ` +
            `the line may or may not have been applied`,
        );
        return;
      case 'refused':
        this.#refused += 1;
        this.skipped(event.line.fileBytes);
        this.#name('refused', `${where(event.line)}: ${event.error.message}`);
        return;
      default:
        assertNever(event, 'event of the loader');
    }
  }

  /** The last line of the output. */
  summary(): string {
    const problems = [
      [this.#bad, `could not be parsed${this.#bad > NAMED_MAX ? this.#badReasons() : ''}`],
      [this.#refused, 'failed'],
      [this.#undecidable, 'of unknown fate'],
      [this.#foreign, 'met writes of another client'],
    ] as const;
    const parts = problems.filter(([count]) => count > 0).map(([count, what]) => `, ${plural(count, 'line')} ${what}`);
    return `loaded ${workDone(this.#loaded, 'line', this.#progress.elapsedMs)}${parts.join('')}`;
  }

  /** The reasons, most frequent first, for when not all lines were printed. */
  #badReasons(): string {
    const counts = [...this.#reasons].sort(([, left], [, right]) => right - left);
    return ` (${counts.map(([reason, count]) => `${count.toLocaleString('en-US')} × ${reason}`).join(', ')})`;
  }

  #name(kind: string, text: string): void {
    const count = (this.#named.get(kind) ?? 0) + 1;
    this.#named.set(kind, count);
    if (count <= NAMED_MAX) this.#progress.note(text);
    else if (count === NAMED_MAX + 1) this.#progress.note('further lines like this are counted, but not printed');
  }
}

function where({ number, pair }: LoadLine): string {
  const shown = pair.key.subarray(0, 64);
  const text = shown.toString('utf8');
  const printable = Buffer.from(text).equals(shown) && /^[^\p{Cc}]*$/u.test(text);
  const more = shown.length < pair.key.length ? '…' : '';
  return `line ${number} (key ${printable ? text : toHex(shown)}${more})`;
}
