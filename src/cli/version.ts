import { Command } from 'commander';
import { ETCD_API_VERSION, RAFTKV_VERSION } from '../server/startup/version.js';
import { write, type Streams } from './streams.js';

export function versionCommand(streams: Streams): Command {
  return new Command('version')
    .description('print the version, and that of the etcd API')
    .action(() => write(streams.stdout, `raftkv version: ${RAFTKV_VERSION}\nAPI version: ${ETCD_API_VERSION}\n`));
}
