import { GrpcJsHost } from '../../src/rpc/grpc-js/grpc-js-host.js';
import { AUTHORITIES, boundsSuite, titleOf } from './bounds-suite.js';
import { callsSuite } from './calls-suite.js';
import type { HostUnderTest } from './host-under-test.js';
import { socketsSuite } from './sockets-suite.js';

const AUTHORITY = "Node's HTTP/2 resets streams whose :authority is not a host and port; waits for a host of our own";

const host: HostUnderTest = {
  name: 'GrpcJsHost',
  create: (options) => new GrpcJsHost(options),
  pending: Object.fromEntries(
    AUTHORITIES.filter((authority) => !/^[\w.]+:\d+$/.test(authority)).map((authority) => [
      titleOf(authority),
      AUTHORITY,
    ]),
  ),
};

describe(host.name, () => {
  callsSuite(host);
  describe('on sockets', () => socketsSuite(host));
  describe('within its bounds', () => boundsSuite(host));
});
