/**
 * raftkv embedded: a member of a cluster, or a single node, inside a Node.js process.
 *
 * `startMember(resolveConfig({ 'data-dir': 'my-data' }))` starts one with the settings of `raftkv serve`; the client is
 * `raftkv/client`, and the consensus core alone is `raftkv/raft`.
 */
export { startMember, type Member } from './server/member.js';
export { resolveConfig, type ServerConfig } from './server/startup/config.js';
export { SETTINGS, type RawSettings, type ServerOptions } from './server/startup/settings/table.js';
export { ConfigError } from './server/startup/urls.js';
export type { MemberStatus } from './server/member-status.js';
export type { ClusterId, MemberId } from './util/member-id.js';
export type { Logger, LogFields } from './util/logger.js';
