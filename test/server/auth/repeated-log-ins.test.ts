import { expect } from 'chai';
import { etcdserverpb as p } from '../../../src/gen/proto.js';
import { AuthState } from '../../../src/kv/auth/auth-state.js';
import { kvError } from '../../../src/kv/errors.js';
import type { UnaryCall } from '../../../src/rpc/service.js';
import type { Status } from '../../../src/rpc/status.js';
import { LogIn } from '../../../src/server/auth/log-in.js';
import type { SimpleTokens } from '../../../src/server/auth/simple-tokens.js';
import { OWN_CALL } from '../../../src/server/requests/own-call.js';
import { SecuredMember } from './secured-member.js';

// Every change of a permission made a log-in begin anew, with the password: where permissions changed more often than
// passwords are hashed, it hashed ten times and failed. In a fault test (permissions × pause-random) the clients of three members
// tried so for minutes, and none logged in.
describe('a log-in during which something changes', () => {
  /** Hashes that the password was compared with. */
  let compared: string[];
  let failures: Status[];
  let revision: number;
  let passwordHash: string;
  /** What happens at each attempt to assign a token; afterwards the revision is another one. */
  let atAssignment: (attempt: number) => void;
  let assignments: number;
  let logIn: LogIn;
  let jobs: Promise<void>[];

  beforeEach(() => {
    compared = [];
    failures = [];
    revision = 1;
    passwordHash = 'the first hash';
    atAssignment = () => undefined;
    assignments = 0;
    jobs = [];
    const auth = (): AuthState => {
      const user = { name: 'ann', passwordHash, noPassword: false, roles: [] };
      return AuthState.empty.with({ enabled: true, revision, users: new Map([['ann', user]]) });
    };
    logIn = new LogIn({
      store: { auth, revision: () => 1 },
      proposer: {
        submit: ({ done }) => {
          assignments += 1;
          atAssignment(assignments);
          revision += 1;
          done({ kind: 'applied', result: { kind: 'error', revision: 1, error: kvError('auth-old-revision') } });
        },
      },
      headers: undefined as never,
      tokens: { kind: 'simple', simple: { make: () => ({ secret: 's', digest: new Uint8Array(8) }) } as SimpleTokens },
      passwords: {
        hash: (password) => Promise.resolve(password),
        matches: (_, hash) => {
          compared.push(hash);
          return Promise.resolve(hash === 'the first hash');
        },
        close: () => undefined,
      },
      hashing: { add: (job) => void jobs.push(job.run()) },
      fresh: (_, done) => done(undefined),
      onFatal: (error) => {
        throw error;
      },
    });
  });

  const tryLogIn = async (): Promise<void> => {
    const call: UnaryCall = { ...OWN_CALL, respond: () => undefined, fail: (status) => void failures.push(status) };
    logIn.begin(call, p.AuthenticateRequest.create({ name: 'ann', password: 'x' }));
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job;
  };

  it('hashes its password once, however often it begins anew', async () => {
    await tryLogIn();
    expect(assignments).to.equal(10);
    expect(compared).to.deep.equal(['the first hash']);
    expect(failures).to.have.length(1);
  });

  it('compares with a password that was changed meanwhile', async () => {
    atAssignment = (attempt) => {
      if (attempt === 2) passwordHash = 'another hash';
    };
    await tryLogIn();
    expect(compared).to.deep.equal(['the first hash', 'another hash']);
    expect(assignments).to.equal(2);
    expect(failures.map(({ message }) => message)).to.deep.equal([
      'etcdserver: authentication failed, invalid user ID or password',
    ]);
  });

  it('gets a token where each change follows the one before at once', async () => {
    const secured = await SecuredMember.start({ bcryptCost: 8 });
    try {
      await secured.enable();
      await secured.logIn('root');
      await secured.do('Auth/RoleAdd', p.AuthRoleAddRequest, { name: 'role' }, 'root');
      const load = { ends: false, changes: 0 };
      const changing = (async () => {
        for (; !load.ends; load.changes += 1) {
          const perm = { permType: 2, key: Buffer.from(`key ${load.changes % 10}`) };
          await secured.do(
            'Auth/RoleGrantPermission',
            p.AuthRoleGrantPermissionRequest,
            { name: 'role', perm },
            'root',
          );
        }
      })();
      await secured.logIn('root');
      load.ends = true;
      await changing;
      expect(load.changes).to.be.above(1);
    } finally {
      await secured.dispose();
    }
  });
});
