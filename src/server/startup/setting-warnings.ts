import { suiteKind } from '../../tls/cipher-suites.js';
import type { Logger } from '../../util/logger.js';
import type { ServerConfig } from '../settings/config.js';
import { isLocal, isSecure, isUnspecified } from '../settings/urls.js';

/** Logs settings that were given and have no effect, and addresses that work on this machine only. */
export function warnOfSettings(config: ServerConfig, logger: Logger): void {
  const { withoutEffect, socketReusePort, advertiseClientUrls, initialAdvertisePeerUrls } = config;
  for (const [setting, urls] of [
    ['advertise-client-urls', advertiseClientUrls],
    ['initial-advertise-peer-urls', initialAdvertisePeerUrls],
  ] as const) {
    // Peer URLs that were not given are refused where they are needed.
    const url = urls === config.listenPeerUrls ? undefined : urls.find(isUnspecified);
    const reason = 'from another machine it leads to that machine itself';
    if (url !== undefined) logger.warn('an advertised URL has no address', { setting, url, reason });
  }
  for (const { setting, reason } of withoutEffect) logger.warn('a setting has no effect', { setting, reason });
  warnOfPeers(config, logger);
  for (const suite of config.cipherSuites ?? []) {
    const kind = suiteKind(suite);
    if (kind.kind !== 'tls12' || kind.weakness === undefined) continue;
    logger.warn('a cipher suite is weak', { setting: 'cipher-suites', suite, reason: kind.weakness });
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (!socketReusePort || major > 22 || (major === 22 && minor >= 12)) return;
  logger.warn('a setting has no effect', { setting: 'socket-reuse-port', reason: 'it needs Node.js 22.12 or later' });
}

/** Whoever reaches a peer port without peer TLS, and states valid ids, is a member. */
function warnOfPeers({ listenPeerUrls, peerTrustedCaFile }: ServerConfig, logger: Logger): void {
  for (const url of listenPeerUrls.filter((each) => !isLocal(each))) {
    if (isSecure(url) && peerTrustedCaFile !== undefined) continue;
    const reason = isSecure(url)
      ? 'without --peer-trusted-ca-file any process that reaches it, and states valid ids, counts as a member'
      : 'without TLS any process that reaches it, and states valid ids, counts as a member, and traffic can be read';
    logger.warn('the peer port does not authenticate members', { url, reason });
  }
}
