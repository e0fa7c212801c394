import { expect } from 'chai';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../../src/server/settings/urls.js';
import { readAuthKeys } from '../../../src/server/startup/auth-keys.js';
import { joseCodec } from '../../../src/server/auth/jwt-codec.js';
import { JwtTokens } from '../../../src/server/auth/jwt-tokens.js';
import { OWN_CALL } from '../../../src/server/requests/own-call.js';
import { defined } from '../../../src/util/assert.js';
import { realClock } from '../../../src/util/real-clock.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';

describe('the keys of signed tokens', () => {
  let folder: string;

  beforeEach(() => {
    folder = makeTemporaryFolder('auth-keys');
  });

  afterEach(() => removeFolder(folder));

  function write(name: string, content: string | Buffer): string {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  }

  async function failure(setting: string): Promise<string> {
    try {
      await readAuthKeys(setting);
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigError);
      return (error as Error).message;
    }
    return expect.fail('the keys were accepted');
  }

  it('are read from PEM files of any form, and sign what they verify', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const ed = generateKeyPairSync('ed25519');
    const secret = write('secret', 'x'.repeat(32));
    const settings = [
      `jwt,sign-method=RS256,priv-key=${write('rsa1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }))}`,
      `jwt,sign-method=PS512,priv-key=${write('rsa8', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))},pub-key=${write('pub1', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }))}`,
      `jwt,sign-method=ES256,priv-key=${write('ec', ec.privateKey.export({ type: 'sec1', format: 'pem' }))},pub-key=${write('ecpub', ec.publicKey.export({ type: 'spki', format: 'pem' }))}`,
      `jwt,sign-method=EdDSA,priv-key=${write('ed', ed.privateKey.export({ type: 'pkcs8', format: 'pem' }))}`,
      `jwt,sign-method=HS256,priv-key=${secret}`,
    ];
    for (const setting of settings) {
      const keys = await readAuthKeys(setting);
      const tokens = new JwtTokens({ codec: joseCodec(defined(keys, 'the keys')), clock: realClock });
      const text = await tokens.make('ann', 3);
      await new Promise<void>((resolve) => tokens.verify(OWN_CALL, text, resolve));
      expect(tokens.find(text)?.name, setting).to.equal('ann');
    }
    expect(await readAuthKeys('simple')).to.equal(undefined);
  });

  it('are refused if they cannot be read, are none, or do not belong together, without their content', async () => {
    const one = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const two = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = write('key', one.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const pub = write('pub', two.publicKey.export({ type: 'spki', format: 'pem' }));
    const junk = write('junk', 'this is a secret text');
    // The path was there twice.
    const missing = join(folder, 'missing');
    expect(await failure(`jwt,sign-method=RS256,priv-key=${missing}`)).to.equal(
      `--auth-token priv-key ${missing} cannot be read: it does not exist`,
    );
    const refused = await failure(`jwt,sign-method=RS256,priv-key=${junk}`);
    expect(refused).to.match(/^--auth-token priv-key .*not a key in PEM$/);
    expect(refused).not.to.include('secret text');
    expect(await failure(`jwt,sign-method=RS256,priv-key=${key},pub-key=${pub}`)).to.match(/do not belong together/);
    expect(await failure(`jwt,sign-method=HS256,priv-key=${junk}`)).to.match(/at least 32 bytes/);
  });

  // The member started with them, and the first correct password ended its process, because its token could not be signed.
  it('are refused if the algorithm cannot use them, to sign or to verify', async () => {
    const kinds = {
      'rsa-1024': generateKeyPairSync('rsa', { modulusLength: 1024 }),
      'rsa-2048': generateKeyPairSync('rsa', { modulusLength: 2048 }),
      'rsa-pss': generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
      'p-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      'p-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
      secp256k1: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
      ed448: generateKeyPairSync('ed448'),
    };
    const unfit: readonly (readonly [string, keyof typeof kinds, string])[] = [
      ['RS256', 'rsa-1024', 'an RSA key of at least 2048 bits'],
      ['PS384', 'rsa-1024', 'an RSA key of at least 2048 bits'],
      ['RS256', 'p-256', 'an RSA key of at least 2048 bits'],
      ['PS256', 'rsa-pss', 'an RSA key of at least 2048 bits'],
      ['ES256', 'p-384', 'an EC key of the curve P-256'],
      ['ES384', 'p-256', 'an EC key of the curve P-384'],
      ['ES512', 'rsa-2048', 'an EC key of the curve P-521'],
      ['ES256', 'secp256k1', 'an EC key of the curve P-256'],
      ['EdDSA', 'ed448', 'an Ed25519 key'],
      ['EdDSA', 'rsa-2048', 'an Ed25519 key'],
    ];
    for (const [method, kind, needed] of unfit) {
      const { privateKey, publicKey } = kinds[kind];
      const key = write('key', privateKey.export({ type: 'pkcs8', format: 'pem' }));
      const pub = write('pub', publicKey.export({ type: 'spki', format: 'pem' }));
      const setting = `jwt,sign-method=${method}`;
      const signs = `--auth-token priv-key ${key}: ${method} needs ${needed}`;
      expect(await failure(`${setting},priv-key=${key}`)).to.equal(signs);
      expect(await failure(`${setting},priv-key=${key},pub-key=${pub}`)).to.equal(signs);
      const verifies = `--auth-token pub-key ${pub}: ${method} needs ${needed}`;
      expect(await failure(`${setting},pub-key=${pub}`)).to.equal(verifies);
    }
    const pub = write('pub', kinds['p-256'].publicKey.export({ type: 'spki', format: 'pem' }));
    const verifying = await readAuthKeys(`jwt,sign-method=ES256,pub-key=${pub}`);
    expect(verifying, 'verifies only').to.have.property('signing', undefined);
  });

  it('are refused if a token that they sign cannot be verified', async function () {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    // Node 26 makes no such key.
    if (Number(process.versions.node.split('.')[0]) >= 26) this.skip();
    const broken = createPrivateKey({ key: { ...other, n: defined(jwk.n, 'the modulus') }, format: 'jwk' });
    const key = write('key', broken.export({ type: 'pkcs8', format: 'pem' }));
    expect(await failure(`jwt,sign-method=RS256,priv-key=${key}`)).to.match(
      /^--auth-token: RS256 cannot use the key: ./,
    );
  });
});
