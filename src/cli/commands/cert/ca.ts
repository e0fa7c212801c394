import type { Command } from 'commander';
import { Subcommand } from '../../parsing/subcommand.js';
import { write, type Streams } from '../../process/streams.js';
import { validityOf, withFolderOptions, writeFailure, type FolderOptions } from './common.js';

export function caCommand(streams: Streams): Command {
  const command = new Subcommand('ca')
    .description('make a certificate authority: ca.crt and ca.key')
    .option('--cn <name>', 'common name of the authority', 'raftkv CA')
    .notes('The holder of ca.key can make certificates of members. The file is not encrypted.')
    .example('raftkv cert ca --dir certs');
  return withFolderOptions(command, 3650).action(async (options: FolderOptions & { readonly cn: string }) => {
    const { CertificateFolder } = await import('../../../tls/certificate-folder.js');
    try {
      const folder = await CertificateFolder.create(options.dir, {
        commonName: options.cn,
        validity: validityOf(options),
      });
      await write(streams.stdout, `${folder.caFile}\n${folder.caKeyFile}\n`);
    } catch (error) {
      throw writeFailure(error);
    }
  });
}
