import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';
import { readNamed, readNow, stampNow, stampOf, TlsFileError, type NamedFile } from './files.js';

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
  /** Of the files when their contents were last tried. */
  #stamps: string;
  /** The problem that was logged, so that it is logged once. */
  #problem: string | undefined;
  #checked: Promise<void> = Promise.resolve();
  #isRefreshing = false;

  private constructor(options: ReloadedOptions<T>, { latest, stamps }: { latest: T; stamps: string }) {
    this.#options = options;
    this.#latest = latest;
    this.#stamps = stamps;
  }

  /** @throws TlsFileError if the files cannot be used: at first there is no good value */
  static async load<T>(options: ReloadedOptions<T>): Promise<Reloaded<T>> {
    const stamps = await stampsOf(options.files);
    return new Reloaded(options, { latest: options.build(await contentsOf(options.files)), stamps });
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

  /** Looks at the files in the background, one look at a time: `latest` follows. */
  refresh(): void {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    void this.current().finally(() => (this.#isRefreshing = false));
  }

  /** As `current`, within this turn of the event loop: for rare calls. */
  currentNow(): T {
    const { files } = this.#options;
    try {
      const stamps = files.map(stampNow).join('\n');
      if (stamps !== this.#stamps) this.#try(files.map(readNow), stamps);
    } catch (error) {
      this.#report(error);
    }
    return this.#latest;
  }

  async #check(): Promise<void> {
    try {
      // Before the contents are read: a change in between is seen by the next look.
      const stamps = await stampsOf(this.#options.files);
      if (stamps !== this.#stamps) this.#try(await contentsOf(this.#options.files), stamps);
    } catch (error) {
      this.#report(error);
    }
  }

  /** Contents that cannot be used are not tried again. Files that could not be read are: each look does so anew. */
  #try(contents: readonly Buffer[], stamps: string): void {
    const { files, build, logger } = this.#options;
    try {
      this.#latest = build(contents);
    } catch (error) {
      if (error instanceof TlsFileError) this.#stamps = stamps;
      throw error;
    }
    this.#stamps = stamps;
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

async function contentsOf(files: readonly NamedFile[]): Promise<readonly Buffer[]> {
  return Promise.all(files.map(readNamed));
}
