import type { ChannelCredentials, Client } from '@grpc/grpc-js';
import { join } from 'node:path';
import { resolveConfig, type ServerConfig } from '../../src/server/settings/config.js';
import { type RawSettings } from '../../src/server/settings/table.js';
import { startMember, type Member } from '../../src/server/member.js';
import { defined } from '../../src/util/assert.js';
import { memberIdValue } from '../../src/util/member-id.js';
import { EtcdClient } from '../support/etcd-client.js';
import { rawCall, rawClient, type RawAnswer, type RawCallOptions } from '../support/raw-client.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

/** The settings of a cluster of one on free ports; with port 0 the default `initial-cluster` is correct. */
export function loneSettings(folder: string, settings: RawSettings = {}): ServerConfig {
  return resolveConfig({
    'data-dir': join(folder, 'data'),
    'listen-client-urls': 'http://127.0.0.1:0',
    'listen-peer-urls': 'http://127.0.0.1:0',
    'wal-segment-bytes': String(8 * 1024 * 1024),
    ...settings,
  });
}

/** `host:port` of a member's first client URL. */
export function endpointOf(member: Member): string {
  return defined(member.clientUrls[0], 'a client URL').replace(/^https?:\/\//, '');
}

type Secrets = ChannelCredentials | undefined;

/** A real cluster of one in this process, with a client and a recorded log. */
export class LoneMember {
  readonly member: Member;
  readonly client: EtcdClient;
  readonly logger: RecordingLogger;
  readonly folder: string;
  readonly #rawClient: Client;

  private constructor(parts: { member: Member; logger: RecordingLogger; folder: string; secrets: Secrets }) {
    this.member = parts.member;
    this.logger = parts.logger;
    this.folder = parts.folder;
    this.client = new EtcdClient(endpointOf(parts.member), parts.secrets);
    this.#rawClient = rawClient(endpointOf(parts.member), {}, parts.secrets);
  }

  /** The ids of the member and its cluster, as on the wire. */
  get wireIds(): { readonly member: number; readonly cluster: number } {
    return { member: Number(memberIdValue(this.member.id)), cluster: Number(memberIdValue(this.member.clusterId)) };
  }

  /** @param secrets of the client. Default: no TLS */
  static async start(settings: RawSettings = {}, secrets?: ChannelCredentials): Promise<LoneMember> {
    const folder = makeTemporaryFolder('lone-member');
    const logger = new RecordingLogger();
    const member = await startMember(loneSettings(folder, settings), logger);
    return new LoneMember({ member, logger, folder, secrets });
  }

  raw(path: string, body: Uint8Array, options?: RawCallOptions): Promise<RawAnswer> {
    return rawCall(this.#rawClient, path, body, options);
  }

  async dispose(): Promise<void> {
    this.client.close();
    this.#rawClient.close();
    await this.member.stop();
    removeFolder(this.folder);
  }
}
