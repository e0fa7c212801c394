import { expect } from 'chai';
import { PATHS } from '../../../src/http/gateway/paths.js';
import { Schema } from '../../../src/schema/schema.js';

// The page on sessions named /v3/session/, and the gateway answered its calls with 404.
describe('the paths of the gateway', () => {
  it('has one for each RPC but those that are for gRPC alone', () => {
    const without = [...Schema.load().methods.keys()].filter((method) => PATHS[method] === undefined);
    expect(without.sort()).to.deep.equal([
      '/etcdserverpb.KV/RangeStream',
      '/grpc.health.v1.Health/Check',
      '/grpc.health.v1.Health/Watch',
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    ]);
  });

  it('has no path twice', () => {
    const paths = Object.values(PATHS).flat();
    expect(new Set(paths).size).to.equal(paths.length);
  });
});
