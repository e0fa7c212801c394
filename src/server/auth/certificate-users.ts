import type { CallContext, CallerCertificate } from '../../rpc/service.js';
import type { CallUser } from '../requests/access.js';

/** Metadata that etcd's JSON gateway adds to what it forwards. */
const FORWARDED = 'grpcgateway-accept';

/** The user of a connection, by the common name of its certificate. */
class CertifiedUser implements CallUser {
  readonly kind = 'user';
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly #revision: () => number;

  constructor({ commonName }: CallerCertificate, revision: () => number) {
    this.name = commonName;
    this.bytes = Buffer.from(commonName);
    this.#revision = revision;
  }

  get authRevision(): number {
    return this.#revision();
  }
}

/** Users by the common names of certificates. A call that a gateway forwards has the gateway's own (CVE-2018-16886). */
export class CertificateUsers {
  readonly #revision: () => number;
  readonly #users = new WeakMap<CallerCertificate, CallUser>();

  /** @param revision the auth revision of this member's state: certificates have none of their own */
  constructor(revision: () => number) {
    this.#revision = revision;
  }

  userOf(call: CallContext): CallUser | undefined {
    const { certificate } = call;
    if (certificate === undefined || call.metadata(FORWARDED) !== undefined) return undefined;
    const known = this.#users.get(certificate);
    if (known !== undefined) return known;
    const user = new CertifiedUser(certificate, this.#revision);
    this.#users.set(certificate, user);
    return user;
  }
}
