import type { Command } from 'commander';
import { Subcommand } from '../parsing/subcommand.js';
import type { Streams } from '../process/streams.js';
import { caCommand } from './cert/ca.js';
import { crlCommand } from './cert/crl.js';
import { clientCertCommand, memberCertCommand } from './cert/issue.js';

/** `raftkv cert` makes certificates for trials and tests. */
export function certCommand(streams: Streams): Command {
  return new Subcommand('cert')
    .description('make a certificate authority, and certificates of members and clients, for trials and tests')
    .addCommand(caCommand(streams))
    .addCommand(memberCertCommand(streams))
    .addCommand(clientCertCommand(streams))
    .addCommand(crlCommand(streams));
}
