import type { Command } from 'commander';
import { isIP } from 'node:net';
import type { CertificateRequest } from '../../../tls/issuing.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { CommandError, write, type Streams } from '../../process/streams.js';
import { checkName, openFolder, validityOf, withFolderOptions, writeFailure, type FolderOptions } from './common.js';

const DAYS = 365;
const HOST = /^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

type Use = CertificateRequest['uses'][number];

export function memberCertCommand(streams: Streams): Command {
  const command = new Subcommand('member')
    .description('make the certificate of a member, for its clients and for other members')
    .argument('<name>', 'name of the member: its files are NAME.crt and NAME.key')
    .option('--hosts <hosts>', 'names and addresses by which the member is reached', 'localhost,127.0.0.1,::1')
    .example('raftkv cert member n1 --hosts n1.example,10.0.0.1');
  return withFolderOptions(command, DAYS).action((name: string, options: FolderOptions & { readonly hosts: string }) =>
    issue(streams, { name, commonName: name, hosts: parseHosts(options.hosts), uses: ['server', 'client'] }, options),
  );
}

export function clientCertCommand(streams: Streams): Command {
  const command = new Subcommand('client')
    .description('make the certificate of a client')
    .argument('<name>', 'name of its files, NAME.crt and NAME.key, and its common name')
    .option('--cn <name>', 'another common name; empty for a certificate without one, which stands for no user')
    .example('raftkv cert client alice')
    .example("raftkv cert client gateway --cn ''", 'for a client that logs in with a password');
  return withFolderOptions(command, DAYS).action((name: string, options: FolderOptions & { readonly cn?: string }) =>
    issue(streams, { name, commonName: options.cn ?? name, hosts: [], uses: ['client'] }, options),
  );
}

interface Wanted {
  /** Of the files. */
  readonly name: string;
  /** Empty for none. */
  readonly commonName: string;
  readonly hosts: readonly string[];
  readonly uses: readonly Use[];
}

/** Prints the paths of the certificate and of its key. */
async function issue(
  streams: Streams,
  { name, commonName, hosts, uses }: Wanted,
  options: FolderOptions,
): Promise<void> {
  checkName(name);
  const folder = await openFolder(options);
  try {
    const { cert, key } = await folder.issue(name, { commonName, hosts, uses, validity: validityOf(options) });
    await write(streams.stdout, `${cert}\n${key}\n`);
  } catch (error) {
    throw writeFailure(error);
  }
}

/** @throws CommandError */
function parseHosts(text: string): readonly string[] {
  return text.split(',').map((part) => {
    const host = part.trim();
    if (isIP(host) !== 0 || HOST.test(host)) return host;
    throw new CommandError(`--hosts: "${part}" is neither a name nor an address`);
  });
}
