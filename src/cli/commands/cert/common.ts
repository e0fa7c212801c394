import { Option, type Command } from 'commander';
import type { CertificateFolder } from '../../../tls/certificate-folder.js';
import type { Validity } from '../../../tls/issuing.js';
import { asError } from '../../../util/error.js';
import { isSystemError, systemReason } from '../../../util/system-error.js';
import { wholeNumber } from '../../parsing/arguments.js';
import { CommandError } from '../../process/streams.js';

export interface FolderOptions {
  readonly dir: string;
  readonly days: number;
}

const DAY_MS = 24 * 3_600_000;
/** Clocks of other machines may be behind. */
const BEFORE_MS = 3_600_000;
/** Names become names of files. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]*$/;

export function withFolderOptions<C extends Command>(command: C, days: number): C {
  return command
    .addOption(new Option('--dir <folder>', 'folder of the authority and its certificates').default('certs'))
    .addOption(new Option('--days <count>', 'days of validity').argParser(wholeNumber(1, 36_500)).default(days));
}

export function validityOf({ days }: FolderOptions): Validity {
  const nowMs = Date.now();
  return { fromMs: nowMs - BEFORE_MS, toMs: nowMs + days * DAY_MS };
}

/** @throws CommandError unless the text can be the name of a certificate's files */
export function checkName(name: string): void {
  if (NAME.test(name) && name !== 'ca') return;
  throw new CommandError(`"${name}" cannot be a name: expected letters, digits and ._@-, and not "ca"`);
}

/** The folder of an authority. @throws CommandError if it has none */
export async function openFolder({ dir }: FolderOptions): Promise<CertificateFolder> {
  const { CertificateFolder: Folder } = await import('../../../tls/certificate-folder.js');
  try {
    return await Folder.open(dir);
  } catch (error) {
    const reason = isSystemError(error) ? systemReason(error) : asError(error).message;
    throw new CommandError(`${dir} has no authority that can be used (${reason}): make one with raftkv cert ca`, {
      cause: error,
    });
  }
}

/** Names the file in the failure of a write. */
export function writeFailure(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const hint =
    error.code === 'EEXIST' ? ': nothing is overwritten; to make new ones, move it and its .crt away first' : '';
  const reason = `${systemReason(error)}${hint}`;
  return new CommandError(`${error.path ?? 'a file'} cannot be written: ${reason}`, { cause: error });
}
