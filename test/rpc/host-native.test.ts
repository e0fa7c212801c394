import { NativeHost } from '../../src/rpc/native/native-host.js';
import { boundsSuite } from './bounds-suite.js';
import { callsSuite } from './calls-suite.js';
import type { HostUnderTest } from './host-under-test.js';
import { socketsSuite } from './sockets-suite.js';

const host: HostUnderTest = {
  name: 'NativeHost',
  create: (options) => new NativeHost(options),
  pending: {},
};

describe(host.name, () => {
  callsSuite(host);
  describe('on sockets', () => socketsSuite(host));
  describe('within its bounds', () => boundsSuite(host));
});
