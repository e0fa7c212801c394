import { Access } from '../requests/access.js';
import { whenFresh } from '../requests/fresh.js';
import type { PendingCalls } from '../requests/pending.js';
import { CallIdentities } from '../auth/call-identities.js';
import { CertificateUsers } from '../auth/certificate-users.js';
import { JwtTokens } from '../auth/jwt-tokens.js';
import { SimpleTokens } from '../auth/simple-tokens.js';
import type { Tokens } from '../auth/tokens.js';
import type { Consensus } from './consensus.js';
import type { AssemblySettings } from './settings.js';
import type { Storage } from './storage.js';

/** The tokens of users, and the checks of calls. */
export interface Identification {
  readonly access: Access;
  readonly tokens: Tokens;
  stop(): void;
}

export function makeIdentification(
  { clock, random, auth, measurements }: AssemblySettings,
  {
    storage,
    consensus,
    pending,
  }: {
    readonly storage: Storage;
    readonly consensus: Consensus;
    readonly pending: PendingCalls;
  },
): Identification {
  const { store, authEvents } = storage;
  const { node } = consensus;
  const revision = (): number => store.auth().revision;
  const simple = new SimpleTokens({
    clock,
    random,
    ttlMs: auth.tokenTtlMs,
    revision,
    onLimit: measurements.limits.hit,
  });
  const certificates = new CertificateUsers(revision);
  const tokens: Tokens =
    auth.jwt === undefined
      ? { kind: 'simple', simple }
      : { kind: 'jwt', jwt: new JwtTokens({ codec: auth.jwt, clock }) };
  authEvents.subscribe((event) => {
    // Tokens from before a restart are void: how long ago they were used is not known.
    if (!event.isReplay) simple.applied(event.tokens);
  });
  const access = new Access({
    auth: () => store.auth(),
    identities: new CallIdentities({ tokens, certified: (call) => certificates.userOf(call) }),
    fresh: (call, done) => whenFresh({ node, pending }, call, done),
  });
  return { access, tokens, stop: () => simple.stop() };
}
