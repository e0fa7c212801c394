import { expect } from 'chai';
import { ConfigError, resolveConfig, startMember } from '../../../src/index.js';

const rejection = async (starting: Promise<unknown>): Promise<unknown> =>
  await starting.then(
    () => undefined,
    (error: unknown) => error,
  );

/**
 * From plain JavaScript, startMember({ dataDir }) failed with a TypeError from inside of raftkv, which did not say that
 * resolveConfig() was missing.
 */
describe('arguments of a program without types', () => {
  const start = startMember as (...args: readonly unknown[]) => Promise<unknown>;
  const resolve = resolveConfig as (...args: readonly unknown[]) => unknown;
  const advice = 'startMember needs the result of resolveConfig, as in startMember(resolveConfig({ dataDir }))';

  for (const [what, args, message] of [
    ['nothing', [], `${advice}, not missing`],
    ['null', [null], `${advice}, not null`],
    ['a path', ['data'], `${advice}, not of type string`],
    ['bare settings', [{ dataDir: 'data' }], `${advice}: name is missing`],
    [
      'a value of another type',
      [{ ...resolveConfig({}), listenPeerUrls: 'http://127.0.0.1:1' }],
      `${advice}: listenPeerUrls is of type string`,
    ],
    ['a console method as the logger', [resolveConfig({}), console.log], 'startMember: the logger has no method debug'],
    [
      'a logger without warn',
      [resolveConfig({}), { ...console, warn: 1 }],
      'startMember: the logger has no method warn',
    ],
  ] as const) {
    it(`are refused by startMember with a ConfigError: ${what}`, async () => {
      const error = await rejection(start(...args));
      expect(error).to.be.instanceOf(ConfigError);
      expect(error).to.include({ code: 'invalid-config', message });
    });
  }

  // The error of the program's own code came through without the code of an error of the settings.
  it('are refused by resolveConfig with a ConfigError if they cannot be read', () => {
    const cause = new Error('not now');
    const fails = (): never => {
      throw cause;
    };
    const members = [Object.defineProperty({ name: 'n1' }, 'peerUrls', { get: fails, enumerable: true })];
    const list = new Proxy(['a'], { get: fails });
    for (const argument of [
      Object.defineProperty({}, 'dataDir', { get: fails, enumerable: true }),
      new Proxy({}, { ownKeys: fails }),
      { listenClientUrls: list },
      { initialCluster: members },
    ]) {
      expect(() => resolve(argument))
        .to.throw(ConfigError, /^resolveConfig cannot read its settings: not now$/)
        .with.property('cause', cause);
    }
  });

  for (const [what, argument, message] of [
    ['nothing', undefined, /^resolveConfig needs an object of settings, as in/],
    ['null', null, /^resolveConfig needs an object of settings, as in/],
    ['a path', 'data', /^resolveConfig needs an object of settings, as in/],
    ['a list', [], /^resolveConfig needs an object of settings, as in/],
    ['null as a value', { dataDir: null }, /^--data-dir: a value of type null is not valid$/],
    ['a function as a value', { name: () => 'n1' }, /^--name: a value of type function is not valid$/],
  ] as const) {
    it(`are refused by resolveConfig with a ConfigError: ${what}`, () => {
      expect(() => resolve(argument)).to.throw(ConfigError, message);
    });
  }
});
