import type { Logger } from '../../util/logger.js';
import type { ServerConfig } from './config.js';

/** Logs settings that were given and have no effect. */
export function warnOfSettings({ withoutEffect, socketReusePort }: ServerConfig, logger: Logger): void {
  for (const { setting, reason } of withoutEffect) logger.warn('a setting has no effect', { setting, reason });
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (!socketReusePort || major > 22 || (major === 22 && minor >= 12)) return;
  logger.warn('a setting has no effect', { setting: 'socket-reuse-port', reason: 'it needs Node.js 22.12 or later' });
}
