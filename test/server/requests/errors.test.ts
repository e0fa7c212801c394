import { expect } from 'chai';
import { Code } from '../../../src/rpc/status.js';
import { expectOk, revisionOf } from '../../support/etcd-client.js';
import { ERROR_CASES, SETUP } from './error-cases.js';
import { LoneMember } from '../lone-member.js';
import { bytesField, numberField } from '../raw-proto.js';

// Clients match code and text, so both equal etcd's; each was observed on etcd 3.4 too.
describe('the errors of etcd, by code and text', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start();
    for (const { path, body } of SETUP) expect((await lone.raw(path, body)).code).to.equal(Code.OK);
  });

  after(() => lone.dispose());

  afterEach(async () => {
    expect(revisionOf(expectOk(await lone.client.get('a'))), 'an error changes nothing').to.equal(6);
  });

  for (const { what, path, body, code, details } of ERROR_CASES) {
    it(what, async () => {
      const answer = await lone.raw(path, body);
      expect({ code: answer.code, details: answer.details }).to.deep.equal({ code, details });
    });
  }

  // etcd 3.4 stops its process on these; later versions answer like this.
  for (const [what, field, value] of [
    ['sort order', 5, 3n],
    ['sort target', 6, 5n],
    ['negative sort target', 6, -1n],
  ] as const) {
    it(`an unknown ${what}`, async () => {
      const body = Buffer.concat([bytesField(1, Buffer.from('a')), numberField(field, value)]);
      const { code, details } = await lone.raw('/etcdserverpb.KV/Range', body);
      expect({ code, details }).to.deep.equal({
        code: Code.INVALID_ARGUMENT,
        details: 'etcdserver: invalid sort option',
      });
    });
  }
});
