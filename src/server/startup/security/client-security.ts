import { nameProblem } from '../../../tls/certificate-checks.js';
import type { KeptCredentials } from '../../../tls/kept-credentials.js';
import { Revocations } from '../../../tls/revocation.js';
import { loadServerContext } from '../../../tls/server-context.js';
import type { Logger } from '../../../util/logger.js';
import type { ServerConfig } from '../../settings/config.js';
import { named, ofCertificate, pair, protocolOf, selfSignedIdentity, type Accepting } from './parts.js';

export interface ClientSecurity {
  readonly accepting: Accepting;
  readonly kept: KeptCredentials | undefined;
}

/** TLS for clients and metrics. @throws TlsFileError if a file cannot be used */
export async function clientSecurity(config: ServerConfig, logger: Logger): Promise<ClientSecurity> {
  const files = pair(named('--cert-file', config.certFile), named('--key-file', config.keyFile));
  const { identity, kept } =
    files === undefined
      ? await selfSignedIdentity({
          config,
          logger,
          folder: 'client',
          setting: '--auto-tls',
          urls: [...config.listenClientUrls, ...config.advertiseClientUrls],
        })
      : { identity: files, kept: undefined };
  const ca = named('--trusted-ca-file', config.trustedCaFile);
  const context = await loadServerContext({ identity, ca, protocol: protocolOf(config), logger });
  const crl = named('--client-crl-file', config.clientCrlFile);
  const revocations = crl && (await Revocations.load(crl, logger));
  const checks = [
    ofCertificate((leaf) => nameProblem(leaf, { hosts: config.clientCertAllowedHostname })),
    ...(revocations === undefined ? [] : [ofCertificate((leaf) => revocations.reasonFor(leaf))]),
  ];
  return { accepting: { context, checks: ca === undefined ? [] : checks }, kept };
}
