import { expect } from 'chai';
import { SignJWT, UnsecuredJWT } from 'jose';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import type { CallContext } from '../../../src/rpc/service.js';
import { CallIdentities } from '../../../src/server/auth/call-identities.js';
import { OWN_CALL } from '../../../src/server/requests/own-call.js';
import { joseCodec, type JwtKeys } from '../../../src/server/auth/jwt-codec.js';
import { JwtTokens } from '../../../src/server/auth/jwt-tokens.js';
import { realClock } from '../../../src/util/real-clock.js';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEYS: JwtKeys = { algorithm: 'RS256', signing: pair.privateKey, verifying: pair.publicKey, ttlMs: 60_000 };
const now = (): number => Math.floor(Date.now() / 1000);

describe('JwtTokens', () => {
  const tokens = new JwtTokens({ codec: joseCodec(KEYS), clock: realClock });

  async function userOf(text: string, by = tokens): Promise<string | undefined> {
    await new Promise<void>((resolve) => by.verify(OWN_CALL, text, resolve));
    return by.find(text)?.name;
  }

  const claims = { username: 'ann', revision: 5 };
  const signed = (
    payload: object,
    alg = 'RS256',
    key: Parameters<SignJWT['sign']>[0] = pair.privateKey,
  ): Promise<string> => new SignJWT({ exp: now() + 60, ...payload }).setProtectedHeader({ alg }).sign(key);

  it('carry the user and the auth revision, in etcd’s claims', async () => {
    const text = await tokens.make('ann', 5);
    const payload: unknown = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString());
    expect(payload).to.have.all.keys('username', 'revision', 'exp');
    expect(tokens.find(text), 'before it is verified').to.equal(undefined);
    expect(await userOf(text)).to.equal('ann');
    expect(tokens.find(text)?.authRevision).to.equal(5);
  });

  it('are refused with another key, algorithm or form, or without a claim', async () => {
    const publicKey = createSecretKey(Buffer.from(pair.publicKey.export({ type: 'spki', format: 'pem' })));
    const texts: Readonly<Record<string, string>> = {
      'another key': await signed(claims, 'RS256', other.privateKey),
      'another algorithm with the same key': await signed(claims, 'RS512'),
      'the public key as a secret': await signed(claims, 'HS256', publicKey),
      'no signature': new UnsecuredJWT({ ...claims, exp: now() + 60 }).encode(),
      'no user': await signed({ revision: 5 }),
      'an empty user': await signed({ username: '', revision: 5 }),
      'a number as user': await signed({ username: 5, revision: 5 }),
      'no revision': await signed({ username: 'ann' }),
      'no end': await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(pair.privateKey),
      'an end in the past': await signed({ ...claims, exp: now() - 1 }),
      'other text': 'abcdefghijklmnop.40',
      nothing: '',
      'too long a text': 'a'.repeat(10_000),
    };
    for (const [what, text] of Object.entries(texts)) expect(await userOf(text), what).to.equal(undefined);
    expect(await userOf(await signed(claims))).to.equal('ann');
  });

  // 4,096 invalid tokens displaced all valid ones from memory, and their signatures filled the threads that sync the log.
  it('stay known beside a flood of invalid ones, which are verified a few at a time', async () => {
    const flooded = new JwtTokens({ codec: joseCodec(KEYS), clock: realClock });
    const valid = await signed(claims);
    expect(await userOf(valid, flooded)).to.equal('ann');
    const forged = await signed(claims, 'RS256', other.privateKey);
    const signature = forged.lastIndexOf('.') + 1;
    let answered = 0;
    const texts = Array.from({ length: 5_000 }, (_, at) => {
      const own = String(at).padStart(8, 'A');
      return forged.slice(0, signature) + own + forged.slice(signature + own.length);
    });
    await new Promise<void>((resolve) => {
      for (const text of texts) {
        flooded.verify(OWN_CALL, text, () => {
          answered += 1;
          if (answered === texts.length) resolve();
        });
      }
    });
    expect(texts.some((text) => flooded.find(text) !== undefined)).to.equal(false);
    expect(flooded.find(valid)?.name, 'without another verification').to.equal('ann');
  });

  // Tokens were verified in the order in which they came: a new token waited behind all invalid ones of a flood, for seconds.
  it('of other addresses wait for one invalid token each, and those of calls that have ended for none', async () => {
    const flooded = new JwtTokens({ codec: joseCodec(KEYS), clock: realClock });
    const forged = await signed(claims, 'RS256', other.privateKey);
    const [attacker, ended, user] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((remote) => ({ ...OWN_CALL, remote }));
    const order: string[] = [];
    const verify = (call: CallContext | undefined, text: string, name: string): Promise<void> =>
      new Promise((resolve) => {
        flooded.verify(call ?? OWN_CALL, text, () => {
          order.push(name);
          resolve();
        });
      });
    const flood = Array.from({ length: 200 }, (_, at) =>
      verify(attacker, `${forged.slice(0, -9)}${1e8 + at}`, 'invalid'),
    );
    const gone = Array.from({ length: 200 }, () => verify({ ...OWN_CALL, ...ended, cancelled: true }, forged, 'gone'));
    const valid = verify(user, await signed(claims), 'valid');
    await Promise.all([...flood, ...gone, valid]);
    expect(order.filter((name) => name !== 'gone').indexOf('valid')).to.be.below(20);
    expect(order.lastIndexOf('gone'), 'place of the last of the ended calls').to.be.below(order.lastIndexOf('invalid'));
  });

  // A token in constant use made room for newer ones, and calls under way, which verify nothing, then failed as without a user.
  it('stay known while they are in use, and to a call under way until they expire', async () => {
    const secret = createSecretKey(Buffer.alloc(32, 7));
    const keys = { algorithm: 'HS256', signing: secret, verifying: secret, ttlMs: 60_000 };
    let nowMs = 1000;
    const jwt = new JwtTokens({ codec: joseCodec(keys), clock: { ...realClock, now: () => nowMs } });
    const identities = new CallIdentities({ tokens: { kind: 'jwt', jwt }, certified: () => undefined });
    const used = await jwt.make('used', 1);
    const unused = await jwt.make('unused', 1);
    const call = (token: string): CallContext => ({
      ...OWN_CALL,
      metadata: (name) => (name === 'token' ? token : undefined),
    });
    const underWay = call(unused);
    expect(await userOf(used, jwt)).to.equal('used');
    expect(await userOf(unused, jwt)).to.equal('unused');
    expect(identities.identify(underWay)).to.have.property('name', 'unused');
    for (let at = 0; at < 4_200; at++) {
      expect(await userOf(await jwt.make(`other ${at}`, 1), jwt)).to.equal(`other ${at}`);
      if (at % 1_000 === 0) expect(identities.identify(call(used))).to.have.property('name', 'used');
    }
    expect(jwt.find(used)?.name, 'in use').to.equal('used');
    expect(jwt.find(unused), 'not in use for longer than any other').to.equal(undefined);
    expect(identities.identify(call(unused)).kind, 'another call, before it is verified').to.equal('refused');
    expect(identities.identify(underWay)).to.have.property('name', 'unused');
    nowMs += 61_000;
    expect(identities.identify(underWay).kind).to.equal('refused');
  }).timeout(20_000);

  it('expire although they were verified before', async () => {
    let nowMs = 1000;
    const clock = { ...realClock, now: () => nowMs };
    const kept = new JwtTokens({ codec: joseCodec(KEYS), clock });
    const text = await signed({ ...claims, exp: now() + 60 });
    expect(await userOf(text, kept)).to.equal('ann');
    nowMs += 61_000;
    expect(kept.find(text)).to.equal(undefined);
  });

  it('are verified and not signed by a member with the public key alone', async () => {
    const verifier = new JwtTokens({ codec: joseCodec({ ...KEYS, signing: undefined }), clock: realClock });
    expect(verifier.canSign).to.equal(false);
    expect(await userOf(await tokens.make('ann', 5), verifier)).to.equal('ann');
  });
});
