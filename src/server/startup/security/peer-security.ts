import type { X509Certificate } from 'node:crypto';
import { nameProblem, type AllowedNames } from '../../../tls/certificate-checks.js';
import { Dialler } from '../../../tls/dialler.js';
import type { NamedFile } from '../../../tls/files.js';
import type { ConnectionCheck } from '../../../tls/handshakes.js';
import type { KeptCredentials } from '../../../tls/kept-credentials.js';
import { remoteNameProblem } from '../../../tls/remote-names.js';
import { Revocations } from '../../../tls/revocation.js';
import { loadServerContext } from '../../../tls/server-context.js';
import type { Logger } from '../../../util/logger.js';
import type { ServerConfig } from '../../settings/config.js';
import { isSecure } from '../../settings/urls.js';
import {
  named,
  ofCertificate,
  pair,
  protocolOf,
  selfSignedIdentity,
  type Accepting,
  type OwnIdentity,
} from './parts.js';

export interface PeerSecurity {
  /** Undefined if no URL to listen on has TLS. */
  readonly accepting: Accepting | undefined;
  /** For the peer URLs of other members, whether this one listens with TLS or not. */
  readonly dialler: Dialler;
  readonly kept: KeptCredentials | undefined;
}

/** TLS between members, in both directions. @throws TlsFileError if a file cannot be used */
export async function peerSecurity(config: ServerConfig, logger: Logger): Promise<PeerSecurity> {
  const own = await ownIdentity(config, logger);
  const ca = named('--peer-trusted-ca-file', config.peerTrustedCaFile);
  const crl = named('--peer-crl-file', config.peerCrlFile);
  const revocations = crl && (await Revocations.load(crl, logger));
  const allowed: AllowedNames = { hosts: config.peerCertAllowedHostname, commonNames: config.peerCertAllowedCn };
  const protocol = protocolOf(config);
  const [cert, key] = [config.peerClientCertFile, config.peerClientKeyFile];
  const presented = pair(named('--peer-client-cert-file', cert), named('--peer-client-key-file', key));
  const dialler = await Dialler.load({
    identity: presented ?? own?.identity,
    ca,
    // As in etcd: nothing could check a self-signed certificate.
    verify: own?.kept === undefined,
    check: (leaf: X509Certificate) => nameProblem(leaf, allowed) ?? revocations?.reasonNow(leaf),
    protocol,
    logger,
  });
  if (own === undefined || !config.listenPeerUrls.some(isSecure))
    return { accepting: undefined, dialler, kept: undefined };
  const context = await loadServerContext({ identity: own.identity, ca, protocol, logger });
  const checks = ca === undefined ? [] : checksOfCallers({ config, allowed, revocations });
  return { accepting: { context, checks }, dialler, kept: own.kept };
}

/** Undefined if there is none: a member without TLS that connects to others with it. */
async function ownIdentity(config: ServerConfig, logger: Logger): Promise<OwnIdentity | undefined> {
  const files: (NamedFile | undefined)[] = [
    named('--peer-cert-file', config.peerCertFile),
    named('--peer-key-file', config.peerKeyFile),
  ];
  const identity = pair(files[0], files[1]);
  if (identity !== undefined) return { identity, kept: undefined };
  if (!config.peerAutoTls) return undefined;
  const urls = [...config.listenPeerUrls, ...config.initialAdvertisePeerUrls];
  return selfSignedIdentity({ config, logger, folder: 'peer', setting: '--peer-auto-tls', urls });
}

/** The cheap checks come first: that of the address may ask the name service. */
function checksOfCallers({
  config,
  allowed,
  revocations,
}: {
  readonly config: ServerConfig;
  readonly allowed: AllowedNames;
  readonly revocations: Revocations | undefined;
}): readonly ConnectionCheck[] {
  const ofAddress: ConnectionCheck = async (socket) => {
    const leaf = socket.getPeerX509Certificate();
    const { remoteAddress } = socket;
    if (leaf === undefined || remoteAddress === undefined) return 'the connection is closed';
    return remoteNameProblem(leaf, remoteAddress);
  };
  return [
    ofCertificate((leaf) => nameProblem(leaf, allowed)),
    ...(revocations === undefined ? [] : [ofCertificate((leaf) => revocations.reasonFor(leaf))]),
    ...(config.peerSkipClientSanVerification ? [] : [ofAddress]),
  ];
}
