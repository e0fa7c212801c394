import type { Client } from '@grpc/grpc-js';
import { expect } from 'chai';
import { authpb, etcdserverpb } from '../../../src/gen/proto.js';
import { PATHS } from '../../../src/http/gateway/paths.js';
import { Schema } from '../../../src/schema/schema.js';
import { RULED_PATHS } from '../../../src/server/requests/access-rules.js';
import { defined } from '../../../src/util/assert.js';
import { asBytes, toMetadata } from '../../support/raw-client.js';
import { CALLERS, expectedOf, OPEN_PATHS, ROWS, USERS, WATCH_PATH, type Caller, type Row } from './matrix-rows.js';
import { SecuredMember } from './secured-member.js';

const { READ, WRITE, READWRITE } = authpb.Permission.Type;
const p = etcdserverpb;
const PERMISSIONS: Readonly<Partial<Record<Caller, { type: number; key: string; rangeEnd?: string }>>> = {
  'read key': { type: READ, key: 'k' },
  'write key': { type: WRITE, key: 'k' },
  key: { type: READWRITE, key: 'k' },
  prefix: { type: READWRITE, key: 'k', rangeEnd: 'l' },
  range: { type: READWRITE, key: 'j', rangeEnd: 'm' },
  'from key': { type: READWRITE, key: 'k', rangeEnd: '\0' },
};

// Every RPC of the protos, by every kind of caller. The rows are etcd 3.5.30's answers.
describe('the matrix of RPCs and callers', () => {
  it('has a row and a rule for every RPC', () => {
    const all = [...Schema.load().methods.keys()].map((path) => path.slice(1)).sort();
    const rows = new Set([...ROWS.map(({ path }) => path), WATCH_PATH]);
    expect([...rows, ...OPEN_PATHS].sort()).to.deep.equal(all);
    expect(RULED_PATHS.map((path) => path.slice(1)).sort()).to.deep.equal([...rows].sort());
  });

  for (const jwt of [false, true]) {
    describe(jwt ? 'with signed tokens' : 'with simple tokens', () => {
      const callers = CALLERS.filter((caller) => jwt || (caller !== 'stale token' && caller !== 'expired token'));
      let secured: SecuredMember;

      before(async function () {
        this.timeout(60_000);
        secured = await SecuredMember.start({ jwt });
        for (const caller of USERS) if (caller !== 'root') await secured.addUser(caller, PERMISSIONS[caller]);
        for (const ID of [78, 79, 80]) await secured.do('Lease/LeaseGrant', p.LeaseGrantRequest, { ID, TTL: 6000 });
        for (const [key, lease] of [
          ['other', 78],
          ['m', 79],
        ] as const) {
          await secured.do('KV/Put', p.PutRequest, { key: Buffer.from(key), lease });
        }
        await secured.enable();
        for (const caller of USERS) await secured.logIn(caller);
        secured.tokens.set('wrong token', 'abcdefghijklmnop.1');
        if (!jwt) return;
        const revision = await secured.revision('root');
        const now = Math.floor(Date.now() / 1000);
        secured.tokens.set('expired token', await secured.sign({ username: 'root', revision, exp: now - 60 }));
        secured.tokens.set(
          'stale token',
          await secured.sign({ username: 'root', revision: revision - 1, exp: now + 600 }),
        );
      });

      after(() => secured.dispose());

      it('holds over gRPC', async function () {
        this.timeout(60_000);
        for (const row of ROWS) {
          for (const caller of callers) {
            if (isSkipped(row, caller)) continue;
            const found = await answerTo(secured.client, row, metadataOf(caller));
            expect(found, `${row.path} by ${caller}`).to.equal(expectedOf(row, caller));
          }
        }
      });

      // GHSA-q8m4-xhhv-38mg: with authentication on, callers without a user could list the members, raise and clear alarms, use leases
      // and compact.
      it('CVE-2026-33413: admits no caller without a user to any RPC but those to log in and to check the health', async () => {
        const admitted: string[] = [];
        for (const [path, { requestStream, responseStream }] of Schema.load().methods) {
          // A watch is refused in a message: watch-permissions.test.ts.
          if (OPEN_PATHS.includes(path.slice(1)) || path === `/${WATCH_PATH}`) continue;
          const isStream = requestStream || responseStream;
          const row = ROWS.find((candidate) => `/${candidate.path}` === path);
          // An empty request is valid for most, and refused by others for another reason: those have a row.
          const asked = row ?? { path: path.slice(1), request: {}, encode: () => ({ finish: () => new Uint8Array() }) };
          const answer = await answerTo(
            secured.client,
            { ...asked, admits: [], refusals: 'status', ...(isStream && { isStream: true as const }) },
            {},
          );
          if (!/user name is empty/.test(answer)) admitted.push(path);
        }
        expect(admitted.sort()).to.deep.equal([
          '/etcdserverpb.Auth/Authenticate',
          '/grpc.health.v1.Health/Check',
          '/grpc.health.v1.Health/Watch',
        ]);
      });

      it('holds over the JSON gateway', async function () {
        this.timeout(60_000);
        for (const row of ROWS) {
          const path = PATHS[`/${row.path}`]?.[0];
          if (path === undefined || row.isStream === true) continue;
          for (const caller of callers) {
            if (isSkipped(row, caller)) continue;
            const url = `${defined(secured.member.member.clientUrls[0], 'a client URL')}${path}`;
            const response = await fetch(url, {
              method: 'POST',
              headers: caller === 'anonymous' ? {} : { authorization: defined(secured.tokens.get(caller), 'a token') },
              body: JSON.stringify(row.request, bytesAsBase64),
            });
            const { code = 0, message = '' } = (await response.json()) as { code?: number; message?: string };
            expect(`${code} ${message}`, `${row.path} by ${caller}`).to.equal(expectedOf(row, caller));
          }
        }
      });

      function metadataOf(caller: Caller): Readonly<Record<string, string>> {
        return caller === 'anonymous' ? {} : { token: defined(secured.tokens.get(caller), `the token of ${caller}`) };
      }
    });
  }
});

function isSkipped({ admits, exceptRoot }: Row, caller: Caller): boolean {
  return exceptRoot === true && admits.includes(caller);
}

/** Code and text of the end of a call; a stream that has sent a message counts as answered. */
function answerTo(client: Client, row: Row, metadata: Readonly<Record<string, string>>): Promise<string> {
  const body = Buffer.from(row.encode(row.request as never).finish());
  const options = { deadline: Date.now() + 10_000 };
  return new Promise((resolve) => {
    const ended = ({ code, details }: { readonly code: number; readonly details: string }): void =>
      resolve(`${code} ${details}`);
    if (row.isStream !== true) {
      client
        .makeUnaryRequest(`/${row.path}`, asBytes, asBytes, body, toMetadata(metadata), options, () => undefined)
        .on('status', ended);
      return;
    }
    const call = client.makeBidiStreamRequest(`/${row.path}`, asBytes, asBytes, toMetadata(metadata), options);
    call.on('status', ended);
    call.on('error', () => undefined);
    call.on('data', () => {
      resolve('0 ');
      call.cancel();
    });
    call.write(body);
    call.end();
  });
}

/** Buffers as the gateway takes them. JSON.stringify has converted them before it asks. */
function bytesAsBase64(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  return Buffer.isBuffer(original) ? original.toString('base64') : value;
}
