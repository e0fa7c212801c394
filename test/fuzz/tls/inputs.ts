import { X509Certificate } from 'node:crypto';
import { alternativeNames, commonNameOf, isFor, nameProblem } from '../../../src/tls/certificate-checks.js';
import { helloState, HELLO_BYTES_MAX, type HelloState } from '../../../src/tls/client-hello.js';
import { certificatesIn, checkCredentials, validityProblem } from '../../../src/tls/credentials.js';
import { TlsFileError, type NamedFile } from '../../../src/tls/files.js';
import { revokedIn, revokedSerials } from '../../../src/tls/revocation.js';
import { CertificateAuthority } from '../../../src/tls/issuing.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { aroundNow } from '../../support/certificates.js';
import { check } from '../check.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';

const INPUTS = 100;

function randomHello(random: Random): Buffer {
  const body = randomBytesOf(random, randomSize(random, chance(random, 0.05) ? HELLO_BYTES_MAX : 400));
  const message = Buffer.concat([Buffer.from([1, body.length >> 16, body.length >> 8, body.length]), body]);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length;) {
    const part = message.subarray(at, at + (chance(random, 0.7) ? 16_000 : randomInteger(random, 1, 200)));
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length]), part);
    at += part.length;
  }
  return Buffer.concat(records);
}

/** The first bytes of TLS connections: once it is known what they are, more bytes change nothing. */
export function clientHellos(trial: Trial): void {
  const { random } = trial;
  const valid = randomHello(random);
  for (let count = 0; count < INPUTS; count += 1) {
    const cut = random.next();
    trial.feed(chance(random, 0.1) ? valid : mutated(random, valid), (bytes) => {
      const state = helloState(bytes);
      if (bytes.equals(valid)) check(state === expectedOf(valid), `an intact hello is ${state}`);
      check(state !== 'more' || bytes.length <= HELLO_BYTES_MAX, 'more is wanted than is accepted');
      const before = helloState(bytes.subarray(0, Math.floor(cut * bytes.length)));
      check(before === 'more' || before === state, `${before}, with more bytes ${state}`);
    });
  }
}

/** Of a hello that is as it should be. */
function expectedOf(hello: Buffer): HelloState {
  if (hello.readUInt16BE(3) < 4) return 'not-tls';
  let [records, state]: [number, HelloState] = [0, 'whole'];
  for (let at = 0; at < hello.length; at += 5 + hello.readUInt16BE(at + 3)) {
    records += 1;
    if (at + 5 + hello.readUInt16BE(at + 3) > HELLO_BYTES_MAX) state = 'too-large';
  }
  const wanted = 4 + hello.readUIntBE(6, 3);
  return records > 0 && wanted > HELLO_BYTES_MAX ? 'too-large' : state;
}

const CRL: NamedFile = { setting: '--client-crl-file', path: 'list' };
const CERT: NamedFile = { setting: '--cert-file', path: 'certificate' };
const KEY: NamedFile = { setting: '--key-file', path: 'key' };

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function randomList(random: Random): { readonly content: Buffer; readonly serials: readonly string[] } {
  const serials = Array.from({ length: randomSize(random, 8) }, () =>
    randomBytesOf(random, randomInteger(random, 1, 20)),
  );
  const time = der(pick(random, [0x17, 0x18]), Buffer.from('260101000000Z'));
  const entries = serials.map((serial) => der(0x30, der(2, serial), time));
  const signed = der(
    0x30,
    ...(chance(random, 0.7) ? [der(2, Buffer.from([1]))] : []),
    der(0x30, Buffer.from([5, 0])),
    der(0x30),
    time,
    ...(chance(random, 0.7) ? [time] : []),
    ...(serials.length > 0 ? [der(0x30, ...entries)] : []),
  );
  const list = der(0x30, signed, der(0x30), der(3, Buffer.from([0, 1, 2])));
  const text = `-----BEGIN X509 CRL-----\n${list.toString('base64')}\n-----END X509 CRL-----\n`;
  return {
    content: chance(random, 0.3) ? Buffer.from(text) : list,
    serials: serials.map((serial) =>
      serial
        .toString('hex')
        .toUpperCase()
        .replace(/^0+(?=.)/, ''),
    ),
  };
}

/** Revocation lists: all serial numbers of an intact one, and an error in one line for others. */
export function revocationLists(trial: Trial): void {
  const { random } = trial;
  for (let list = 0; list < INPUTS / 10; list += 1) {
    const { content, serials } = randomList(random);
    for (let count = 0; count < 10; count += 1) {
      trial.feed(chance(random, 0.1) ? content : mutated(random, content), (bytes) => {
        try {
          const seen = revokedSerials(CRL, bytes);
          if (bytes.equals(content))
            check([...seen].sort().join() === [...new Set(serials)].sort().join(), [...seen].join());
        } catch (error) {
          check(error instanceof TlsFileError && !bytes.equals(content), String(error));
        }
      });
    }
  }
}

interface Issued {
  readonly certificate: X509Certificate;
  readonly pem: string;
  readonly key: string;
}

let issued: Promise<readonly Issued[]> | undefined;

async function issue(): Promise<readonly Issued[]> {
  const authority = await CertificateAuthority.create({ commonName: 'fuzz CA', validity: aroundNow() });
  const hosts = [['localhost', '127.0.0.1'], ['*.example.com', '::1', 'a.b'], []];
  const made = await Promise.all(
    hosts.map((names) =>
      authority.issue({ commonName: 'member', hosts: names, uses: ['server', 'client'], validity: aroundNow() }),
    ),
  );
  return made.map(({ cert, key }) => ({ certificate: new X509Certificate(cert), pem: cert, key }));
}

/** Certificates and keys: the checks of names answer for any certificate that OpenSSL reads, and files are refused in one line. */
export async function certificates(trial: Trial): Promise<void> {
  const { random } = trial;
  issued ??= issue();
  const all = await issued;
  const { certificate, pem, key } = pick(random, all as [Issued]);
  for (let count = 0; count < INPUTS / 4; count += 1) {
    trial.feed(mutated(random, certificate.raw), checkNames);
    trial.feed(renamed(random, certificate.raw), checkNames);
    const [certPem, keyPem] = [
      mutated(random, Buffer.from(pem)),
      chance(random, 0.5) ? Buffer.from(key) : mutated(random, Buffer.from(key)),
    ];
    trial.feed(certPem, (bytes) => {
      try {
        check(certificatesIn(CERT, bytes).length > 0, 'no certificate');
        checkCredentials({ cert: CERT, key: KEY }, [bytes, keyPem]);
      } catch (error) {
        check(error instanceof TlsFileError && !error.message.includes('\n'), String(error));
      }
    });
  }
}

/** A certificate whose names have other bytes, of the same length. */
function renamed(random: Random, raw: Buffer): Buffer {
  const bytes = Buffer.from(raw);
  for (const name of ['localhost', 'member', 'example', 'a.b']) {
    for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + 1)) {
      const place = at + randomInteger(random, 0, name.length);
      bytes[place] = pick(random, [0, 0x22, 0x2c, 0x2a, 0x2e, 0x5c, 0xff, randomInteger(random, 0, 256)]);
      if (chance(random, 0.3)) bytes.write(', DNS:x', at, name.length, 'latin1');
    }
  }
  return bytes;
}

function checkNames(raw: Buffer): void {
  let certificate;
  try {
    certificate = new X509Certificate(raw);
  } catch {
    // OpenSSL does not read it.
    return;
  }
  const { dns, ips } = alternativeNames(certificate) ?? { dns: [], ips: [] };
  for (const host of ['localhost', '127.0.0.1', '::1', 'a.b', 'x.example.com', '']) {
    const fits = isFor(certificate, host);
    check(typeof fits === 'boolean', 'no answer');
    check((nameProblem(certificate, { hosts: [host] }) === undefined) === fits, 'another answer');
    // A name that is accepted is among the names, as they are or by a wildcard.
    if (fits && host.includes('.') && !/^[\d.]+$/.test(host))
      check(
        dns.some((name) => matches(name, host)),
        `${host} is not in ${dns.join(' | ')}`,
      );
    if (fits && /^\d/.test(host)) check(ips.includes(host), `${host} is not in ${ips.join(' | ')}`);
  }
  check(typeof (validityProblem(certificate, Date.now()) ?? '') === 'string', 'no answer');
  const serial = certificate.serialNumber.replace(/^0+(?=.)/, '');
  check(
    revokedIn(certificate, new Set([serial])) === serial && revokedIn(certificate, new Set(['X'])) === undefined,
    `serial number ${serial}`,
  );
  const name = commonNameOf(certificate);
  check(name === undefined || typeof name === 'string', 'a common name that is no text');
}

function matches(name: string, host: string): boolean {
  const pattern = name.replace(/^"|"$/g, '').toLowerCase();
  return pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
}
