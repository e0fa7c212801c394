import { expect } from 'chai';
import { parseAuthToken } from '../../../src/server/settings/auth-token.js';
import { resolveConfig } from '../../../src/server/settings/config.js';
import { ConfigError } from '../../../src/server/settings/urls.js';

describe('--auth-token', () => {
  it('takes simple tokens, and signed ones with etcd’s options', () => {
    expect(parseAuthToken('simple')).to.deep.equal({ kind: 'simple' });
    expect(parseAuthToken('jwt,pub-key=a.pem,priv-key=b.pem,sign-method=ES256,ttl=10m')).to.deep.equal({
      kind: 'jwt',
      signMethod: 'ES256',
      publicKeyFile: 'a.pem',
      privateKeyFile: 'b.pem',
      ttlMs: 600_000,
    });
    expect(parseAuthToken('jwt,sign-method=RS256,pub-key=a.pem')).to.include({
      privateKeyFile: undefined,
      ttlMs: 300_000,
    });
  });

  it('refuses everything else in a line that names it, before the start', () => {
    const wrong = [
      '',
      'jwt',
      'none',
      'simple,ttl=5m',
      'jwt,sign-method=none,priv-key=a',
      'jwt,sign-method=RS256',
      'jwt,sign-method=HS256,pub-key=a',
      'jwt,sign-method=RS256,priv-key=',
      'jwt,sign-method=RS256,priv-key=a,ttl=soon',
      'jwt,sign-method=RS256,priv-key=a,ttl=0s',
      'jwt,sign-method=RS256,priv-key=a,priv-key=b',
      'jwt,sign-method=RS256,priv-key=a,other=b',
    ];
    for (const text of wrong) {
      expect(() => resolveConfig({ 'auth-token': text }), text).to.throw(ConfigError, /^--auth-token[^\n]*$/);
    }
  });

  it('has companions with etcd’s defaults and bounds', () => {
    expect(resolveConfig({})).to.include({ authToken: 'simple', authTokenTtl: 300, bcryptCost: 10 });
    for (const options of [{ 'bcrypt-cost': '3' }, { 'bcrypt-cost': '32' }, { 'auth-token-ttl': '0' }]) {
      expect(() => resolveConfig(options), JSON.stringify(options)).to.throw(ConfigError);
    }
  });
});
