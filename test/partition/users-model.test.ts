import { expect } from 'chai';
import { checkLinearizability } from '../jepsen/checkers/linearizability/check.js';
import { securedModel, type Action, type SecuredCall, type SecuredOutput, type SecuredState } from './users-model.js';

const DONE: SecuredOutput = { kind: 'done' };
const DENIED: SecuredOutput = { kind: 'denied' };
const WRITE: Action = { kind: 'write', key: 'k', value: '1' };
const FORBID: Action = { kind: 'forbid', key: 'k', role: 'ann' };

const INITIAL: SecuredState = {
  value: null,
  enabled: true,
  accounts: { ann: { exists: true, hasRole: true, access: { k: 'both' }, tokens: ['a'] } },
  rootTokens: ['r'],
  revision: undefined,
};

describe('the model of a register behind users', () => {
  /** Calls with their answers, each after the one before; a call given with `unknown` has no answer. */
  function verdictOf(
    ...calls: readonly (readonly [who: string, action: Action, output: SecuredOutput | 'unknown'])[]
  ): string {
    const history = calls.map(([who, action, output], at): SecuredCall => {
      const [user = '', token] = who.split(' ');
      const outcome = output === 'unknown' ? ({ kind: 'unknown' } as const) : ({ kind: 'ok', output } as const);
      return { client: who, input: { ...action, user, token }, invokedAt: 2 * at, completedAt: 2 * at + 1, outcome };
    });
    return checkLinearizability(securedModel('k', INITIAL), history).kind;
  }

  it('lets users do what they may', () => {
    const read = { kind: 'read', key: 'k' } as const;
    expect(verdictOf(['ann a', WRITE, DONE], ['ann a', read, { kind: 'value', value: '1' }])).to.equal('linearizable');
    expect(verdictOf(['ann a', read, { kind: 'value', value: '1' }])).to.equal('not-linearizable');
  });

  it('refuses success after the permission was taken, and a denial before it', () => {
    expect(verdictOf(['root r', FORBID, DONE], ['ann a', WRITE, DENIED])).to.equal('linearizable');
    expect(verdictOf(['root r', FORBID, DONE], ['ann a', WRITE, DONE])).to.equal('not-linearizable');
    expect(verdictOf(['ann a', WRITE, DENIED], ['root r', FORBID, DONE])).to.equal('not-linearizable');
  });

  it('allows either after a change without an answer', () => {
    for (const output of [DONE, DENIED]) {
      expect(verdictOf(['root r', FORBID, 'unknown'], ['ann a', WRITE, output])).to.equal('linearizable');
    }
    const back = ['ann a', WRITE, DENIED] as const;
    expect(verdictOf(['root r', FORBID, 'unknown'], back, ['ann a', WRITE, DONE])).to.equal('not-linearizable');
  });

  it('refuses success with a token that is void, or none', () => {
    expect(verdictOf(['ann', WRITE, DONE])).to.equal('not-linearizable');
    const voids: readonly Action[] = [{ kind: 'disable' }, { kind: 'void tokens', subject: 'ann' }];
    for (const action of voids) {
      const again = action.kind === 'disable' ? ([['root', { kind: 'enable' }, DONE]] as const) : [];
      expect(verdictOf(['root r', action, DONE], ...again, ['ann a', WRITE, DONE]), action.kind).to.equal(
        'not-linearizable',
      );
      const logIn = ['ann', { kind: 'log in' }, { kind: 'token', token: 'b' }] as const;
      expect(verdictOf(['root r', action, DONE], ...again, logIn, ['ann b', WRITE, DONE])).to.equal('linearizable');
    }
  });

  it('lets everyone do everything while authentication is off', () => {
    expect(verdictOf(['root r', { kind: 'disable' }, DONE], ['eve', WRITE, DONE])).to.equal('linearizable');
    expect(verdictOf(['root r', { kind: 'disable' }, DONE], ['eve', WRITE, DENIED])).to.equal('not-linearizable');
  });

  it('refuses a change that finds what it wants only if it does', () => {
    const add: Action = { kind: 'add user', subject: 'ann' };
    expect(verdictOf(['root r', add, { kind: 'refused' }])).to.equal('linearizable');
    expect(verdictOf(['root r', add, DONE])).to.equal('not-linearizable');
    expect(verdictOf(['root r', FORBID, { kind: 'refused' }])).to.equal('not-linearizable');
  });
});
