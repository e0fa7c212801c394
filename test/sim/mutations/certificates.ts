import { patch, type TestedBug } from './mutation.js';

const USERS = 'src/server/auth/certificate-users.ts';
const PORTS = 'src/server/serving/client-ports.ts';

const FILE = 'test/server/auth/common-names.test.ts';
const ANY = { file: FILE };

/** Bugs in users by the common names of certificates. The simulator has no TLS. */
export const CERTIFICATES: readonly TestedBug[] = [
  {
    name: 'common-name-without-client-cert-auth',
    story: 'a certificate gives its user where --client-cert-auth is off',
    patches: [
      patch(
        PORTS,
        '...(config.clientCertAuth && { certificateOf: callerCertificate })',
        'certificateOf: callerCertificate',
      ),
    ],
    tests: { file: FILE, titles: 'without --client-cert-auth' },
  },
  {
    name: 'common-name-of-a-forwarding-gateway',
    story: 'a call that a gateway forwards has the user of the certificate of the gateway (CVE-2018-16886)',
    patches: [patch(USERS, ' || call.metadata(FORWARDED) !== undefined')],
    tests: ANY,
  },
  {
    name: 'common-name-at-the-gateway',
    story: 'a call through the JSON gateway has the user of the certificate of its connection',
    patches: [
      patch(
        'src/http/gateway/http-call.ts',
        '  get certificate(): undefined {\n    return undefined;\n',
        '  get certificate() {\n' +
          '    const { accepted } = this.exchange.request.socket as any;\n' +
          '    const commonName = accepted?.getPeerCertificate?.().subject?.CN;\n' +
          '    return commonName === undefined ? undefined : { commonName };\n',
      ),
    ],
    tests: { file: FILE, titles: 'without --client-cert-auth' },
  },
  {
    name: 'certified-callers-served-at-the-gateway',
    story: 'a caller whose certificate names a user gets answers of the gateway, which does not know the user',
    patches: [patch(PORTS, 'config.clientCertAuth && store.auth().enabled && named.has(socket)', 'false')],
    tests: ANY,
  },
  {
    name: 'callers-with-several-names-served-at-the-gateway',
    story: 'the port of the gateway alone forgets that it has certificates too',
    patches: [
      patch('src/http/gateway/certified.ts', 'socket instanceof PacedSocket ? socket.accepted : socket', 'socket'),
    ],
    tests: { file: FILE, titles: 'listener of its own' },
  },
  {
    name: 'certificate-before-the-token',
    story: 'a caller with a certificate does not become the user of its token',
    patches: [
      patch(
        'src/server/auth/call-identities.ts',
        '    if (token === undefined) return this.#certified(call) ?? NOBODY;\n',
        '    const certified = this.#certified(call);\n    if (certified !== undefined || token === undefined) return certified ?? NOBODY;\n',
      ),
    ],
    tests: ANY,
  },
  {
    name: 'certificate-after-an-invalid-token',
    story: 'a caller whose token is not valid has the user of its certificate',
    patches: [patch('src/server/auth/call-identities.ts', '?? REFUSED;', '?? this.#certified(call) ?? REFUSED;')],
    tests: ANY,
  },
  {
    name: 'first-of-several-common-names',
    story: 'a certificate with several common names gives the user of the first one',
    patches: [patch('src/tls/certificate-checks.ts', "name === '' || others.length > 0", "name === ''")],
    tests: ANY,
  },
  {
    name: 'last-of-several-common-names',
    story: 'a certificate with several common names gives the user of the last one, as in Go',
    patches: [
      patch(
        'src/tls/certificate-checks.ts',
        "  const [name = '', ...others] = commonNamesOf(certificate);\n  return name === '' || others.length > 0 ? undefined : name;",
        "  const name = commonNamesOf(certificate).at(-1) ?? '';\n  return name === '' ? undefined : name;",
      ),
    ],
    tests: ANY,
  },
  {
    name: 'common-names-without-case',
    story: 'common names that differ from a user in capitals give that user',
    patches: [patch(USERS, 'this.name = commonName;', 'this.name = commonName.toLowerCase();')],
    tests: ANY,
  },
  {
    name: 'certificate-lost-on-the-way',
    story: 'the proposals of a lock are not made by the user of the certificate',
    patches: [patch('src/server/requests/own-call.ts', '    certificate: call.certificate,\n')],
    tests: ANY,
  },
  {
    name: 'certificate-kept-at-its-first-revision',
    story: 'a connection is refused after the first change of users, as if its call were from before it',
    patches: [
      patch(
        USERS,
        '  get authRevision(): number {\n    return this.#revision();\n  }\n',
        '  #first: number | undefined;\n\n  get authRevision(): number {\n    return (this.#first ??= this.#revision());\n  }\n',
      ),
    ],
    tests: ANY,
  },
];
