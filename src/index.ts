/**
 * raftkv embedded: a member of a cluster inside a Node.js process.
 *
 * `startMember(resolveConfig({ dataDir: 'my-data' }))` starts one; the settings are those of `raftkv serve`. The client is
 * `raftkv/client`, and the consensus core is `raftkv/raft`.
 */
export { startMember, type Member } from './server/member.js';
export { resolveConfig, type ServerConfig } from './server/settings/config.js';
export { SETTINGS, type RawSettings, type ServerOptions } from './server/settings/table.js';
export { ConfigError } from './server/settings/urls.js';
export { MEMBER_ERROR_CODES, MemberError, type MemberErrorCode } from './server/member-error.js';
export type { MemberStatus } from './server/member-status.js';
export type { ClusterId, MemberId } from './util/member-id.js';
export type { Logger, LogFields } from './util/logger.js';
