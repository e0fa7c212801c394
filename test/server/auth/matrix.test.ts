import { expect } from 'chai';
import { Schema } from '../../../src/schema/schema.js';
import { RULED_PATHS } from '../../../src/server/requests/access-rules.js';
import { defined } from '../../../src/util/assert.js';
import { type Ask, type Answer, answersOf, askGateway, askGrpc, isOnGateway, titleOf } from './matrix-answers.js';
import { expiredToken, prepareMatrix } from './matrix-callers.js';
import { CALLERS, OPEN_PATHS, ROWS } from './matrix-rows.js';
import { SecuredMember } from './secured-member.js';

interface Variant {
  readonly name: string;
  readonly host: 'native' | 'grpc-js';
  readonly jwt: boolean;
  /** Whether the gateway is asked too. */
  readonly gateway: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: 'with simple tokens', host: 'native', jwt: false, gateway: true },
  { name: 'with signed tokens', host: 'native', jwt: true, gateway: false },
  { name: 'with signed tokens on the grpc-js host', host: 'grpc-js', jwt: true, gateway: true },
];

// Every RPC of the protos, by every kind of caller, over gRPC and over the gateway. `make conformance` runs the same rows on etcd.
describe('the matrix of RPCs and callers', function () {
  this.timeout(60_000);

  it('has a row and a rule for every RPC', () => {
    const all = [...Schema.load().methods.keys()].map((path) => path.slice(1)).sort();
    const rows = new Set(ROWS.map(({ path }) => path));
    expect([...rows, ...OPEN_PATHS].sort()).to.deep.equal(all);
    expect(RULED_PATHS.map((path) => path.slice(1)).sort()).to.deep.equal([...rows].sort());
  });

  // The services of sessions had no paths on the gateway, and the rows of the matrix were left out there without notice.
  it('has a path on the gateway for every RPC that etcd has one for, and every one of raftkv', () => {
    const missing = [...Schema.load().methods.keys()]
      .map((path) => path.slice(1))
      .filter((path) => !isOnGateway({ path }));
    expect(missing.sort()).to.deep.equal([
      'etcdserverpb.KV/RangeStream',
      'grpc.health.v1.Health/Check',
      'grpc.health.v1.Health/Watch',
      ...OPEN_PATHS,
    ]);
  });

  for (const { name, host, jwt, gateway } of VARIANTS) {
    describe(name, () => {
      let secured: SecuredMember;
      let tokens: Map<string, string>;

      before(async () => {
        secured = await SecuredMember.start({ jwt, settings: { 'rpc-host': host } });
        tokens = await prepareMatrix(secured.client, secured.key);
      });

      after(() => secured.dispose());

      it('holds over gRPC', async () => {
        const answers = await answersOf(askGrpc(secured.client), tokens);
        judge(answers);
        expect(new Set(answers.map(({ caller }) => caller))).to.deep.equal(
          new Set(CALLERS.filter((caller) => jwt || (caller !== 'stale token' && caller !== 'expired token'))),
        );
      });

      if (gateway) {
        it('holds over the JSON gateway', async () => {
          judge(await answersOf(gatewayOf(secured), tokens, ROWS.filter(isOnGateway)));
        });
      }

      // GHSA-q8m4-xhhv-38mg: with authentication on, callers without a user could list the members, raise and clear alarms, use leases
      // and compact.
      it('CVE-2026-33413: admits no caller without a user to any RPC but those to log in and to check the health', async () => {
        const admitted: string[] = [];
        for (const [path, { requestStream, responseStream }] of Schema.load().methods) {
          if (OPEN_PATHS.includes(path.slice(1))) continue;
          const isStream = requestStream || responseStream;
          const row = ROWS.find((candidate) => `/${candidate.path}` === path);
          // An empty request is valid for most, and refused by others for another reason: those have a row.
          const asked = row ?? { path: path.slice(1), request: {}, encode: () => ({ finish: () => new Uint8Array() }) };
          const answer = await askGrpc(secured.client)(
            { ...asked, admits: [], refusals: 'status', ...(isStream && { isStream: true as const }) },
            undefined,
          );
          if (!/user name is empty/.test(answer)) admitted.push(path);
        }
        expect(admitted.sort()).to.deep.equal([
          '/etcdserverpb.Auth/Authenticate',
          '/grpc.health.v1.Health/Check',
          '/grpc.health.v1.Health/Watch',
        ]);
      });
    });
  }

  it('holds for a simple token that has expired', async () => {
    const secured = await SecuredMember.start({ ttlSeconds: 1 });
    try {
      const tokens = new Map([['expired token', await expiredToken(secured.client)]]);
      judge(await answersOf(askGrpc(secured.client), tokens));
      judge(await answersOf(gatewayOf(secured), tokens, ROWS.filter(isOnGateway)));
    } finally {
      await secured.dispose();
    }
  });
});

function gatewayOf({ member }: SecuredMember): Ask {
  return askGateway(defined(member.member.clientUrls[0], 'a client URL'));
}

function judge(answers: readonly Answer[]): void {
  const wrong = answers.filter(({ found, expected }) => found !== expected);
  const lines = wrong.map((answer) => `${titleOf(answer)}: ${answer.found} instead of ${answer.expected}`);
  expect(lines.join('\n')).to.equal('');
  expect(answers).to.have.length.above(100);
}
