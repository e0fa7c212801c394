import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { asError } from '../../../util/error.js';
import { isSystemError, systemReason } from '../../../util/system-error.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { CommandError, write, type Streams } from '../../process/streams.js';
import { openFolder, validityOf, withFolderOptions, type FolderOptions } from './common.js';

export function crlCommand(streams: Streams): Command {
  const command = new Subcommand('crl')
    .description('make a list of revoked certificates, revoked.crl, for client-crl-file and peer-crl-file')
    .argument(
      '[certificates...]',
      'files of the revoked certificates: all of them, as the list replaces an earlier one',
    )
    .example('raftkv cert crl certs/alice.crt certs/bob.crt');
  return withFolderOptions(command, 365).action(async (files: readonly string[], options: FolderOptions) => {
    const folder = await openFolder(options);
    const certificates = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(unreadable(file))));
    try {
      await write(streams.stdout, `${await folder.revoke(certificates, validityOf(options))}\n`);
    } catch (error) {
      throw new CommandError(`the list cannot be made: ${asError(error).message}`, { cause: error });
    }
  });
}

function unreadable(file: string): (error: unknown) => never {
  return (error) => {
    if (!isSystemError(error)) throw error;
    throw new CommandError(`${file} cannot be read: ${systemReason(error)}`, { cause: error });
  };
}
