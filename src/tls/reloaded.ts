import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';
import { readNamed, readNow, stampNow, stampOf, type NamedFile } from './files.js';

export interface ReloadedOptions<T> {
  readonly files: readonly NamedFile[];
  /** Makes the value of the files' contents, in their order. @throws TlsFileError if they cannot be used */
  readonly build: (contents: readonly Buffer[]) => T;
  readonly logger: Logger;
}

/**
 * A value made of files, which follows them: it is made again when a file has changed. Files that cannot be used, such as
 * one that is being written, leave the last good value in place.
 */
export class Reloaded<T> {
  readonly #options: ReloadedOptions<T>;
  #latest: T;
  /** Of the files when they were last tried. */
  #stamps: string;
  /** The problem that was logged, so that it is logged once. */
  #problem: string | undefined;
  #checked: Promise<void> = Promise.resolve();

  private constructor(options: ReloadedOptions<T>, { latest, stamps }: { latest: T; stamps: string }) {
    this.#options = options;
    this.#latest = latest;
    this.#stamps = stamps;
  }

  /** @throws TlsFileError if the files cannot be used: at first there is no good value */
  static async load<T>(options: ReloadedOptions<T>): Promise<Reloaded<T>> {
    const stamps = await stampsOf(options.files);
    return new Reloaded(options, { latest: await build(options), stamps });
  }

  /** The value when the files were last looked at. */
  get latest(): T {
    return this.#latest;
  }

  /** Looks at the files. @returns the value of what they held after this call, or the last good one */
  async current(): Promise<T> {
    this.#checked = this.#checked.then(() => this.#check());
    await this.#checked;
    return this.#latest;
  }

  /** As `current`, within this turn of the event loop: for rare calls. */
  currentNow(): T {
    const { files, build: make } = this.#options;
    try {
      const stamps = files.map(stampNow).join('\n');
      if (stamps !== this.#stamps) {
        this.#stamps = stamps;
        this.#replace(make(files.map(readNow)));
      }
    } catch (error) {
      this.#report(error);
    }
    return this.#latest;
  }

  async #check(): Promise<void> {
    try {
      // Before the contents are read: a change in between is seen by the next look.
      const stamps = await stampsOf(this.#options.files);
      if (stamps === this.#stamps) return;
      this.#stamps = stamps;
      this.#replace(await build(this.#options));
    } catch (error) {
      this.#report(error);
    }
  }

  #replace(value: T): void {
    const { files, logger } = this.#options;
    this.#latest = value;
    this.#problem = undefined;
    logger.info('reloaded TLS files', { files: files.map(({ path }) => path).join(',') });
  }

  #report(error: unknown): void {
    const reason = asError(error).message;
    if (reason === this.#problem) return;
    this.#problem = reason;
    this.#options.logger.error('TLS files cannot be used: staying with the last good ones', { reason });
  }
}

async function stampsOf(files: readonly NamedFile[]): Promise<string> {
  return (await Promise.all(files.map(stampOf))).join('\n');
}

async function build<T>({ files, build: make }: ReloadedOptions<T>): Promise<T> {
  return make(await Promise.all(files.map(readNamed)));
}
