import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../../src/server/settings/urls.js';
import { readAuthKeys } from '../../../src/server/startup/auth-keys.js';
import { JwtTokens } from '../../../src/server/auth/jwt-tokens.js';
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
      const tokens = new JwtTokens({ keys: defined(keys, 'the keys'), clock: realClock });
      const text = await tokens.make('ann', 3);
      await new Promise<void>((resolve) => tokens.verify(text, resolve));
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
    expect(await failure(`jwt,sign-method=RS256,priv-key=${join(folder, 'missing')}`)).to.match(
      /^--auth-token priv-key .*ENOENT/,
    );
    const refused = await failure(`jwt,sign-method=RS256,priv-key=${junk}`);
    expect(refused).to.match(/^--auth-token priv-key .*not a key in PEM$/);
    expect(refused).not.to.include('secret text');
    expect(await failure(`jwt,sign-method=RS256,priv-key=${key},pub-key=${pub}`)).to.match(/do not belong together/);
    expect(await failure(`jwt,sign-method=HS256,priv-key=${junk}`)).to.match(/at least 32 bytes/);
  });
});
