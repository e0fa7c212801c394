import { expect } from 'chai';
import type { HistoryEvent } from '../../history/event.js';
import { historyOf } from '../samples.js';
import { checkPermissions, checkPermittedValues } from './check-permissions.js';

/** Calls one after the other. */
function history(
  ...calls: readonly (readonly [f: string, type: 'ok' | 'fail' | 'info', rest?: Partial<HistoryEvent>])[]
) {
  return historyOf(
    'permissions',
    calls.flatMap(([f, type, rest], at): HistoryEvent[] => {
      const call = { process: at, f, key: 'p/1', value: { user: 'ann', ...(f === 'write' ? { value: 'v' } : {}) } };
      return [
        { ...call, time: 2 * at, type: 'invoke' },
        { ...call, time: 2 * at + 1, type, ...rest },
      ];
    }),
  );
}

const denied = { error: 'permission-denied: no' };
const found = (value: string | null) => ({ value: { user: 'ann', value } });

describe('The check of permissions', () => {
  it('accepts refusals while a permission is revoked, and success while it is granted', () => {
    const right = history(
      ['write', 'fail', denied],
      ['grant', 'ok'],
      ['write', 'ok'],
      ['read', 'ok', found('v')],
      ['revoke', 'ok'],
      ['read', 'fail', denied],
      ['read', 'fail', { error: 'unavailable' }],
      ['grant', 'info'],
      ['read', 'fail', denied],
      ['read', 'ok', found('v')],
    );
    expect(checkPermissions(right)).to.include({ valid: true });
    expect(checkPermittedValues(right)).to.include({ valid: true });
  });

  it('refuses success after a revocation, and a refusal after a grant', () => {
    expect(checkPermissions(history(['grant', 'ok'], ['revoke', 'ok'], ['write', 'ok'])).valid).to.equal(false);
    expect(checkPermissions(history(['grant', 'ok'], ['write', 'fail', denied])).valid).to.equal(false);
    expect(checkPermissions(history(['read', 'ok', found(null)])).valid).to.equal(false);
    expect(checkPermissions(history(['grant', 'info'], ['write', 'ok'], ['write', 'fail', denied])).valid).to.equal(
      false,
    );
  });

  it('refuses a value that a refused call has written', () => {
    const wrong = history(['write', 'fail', denied], ['grant', 'ok'], ['read', 'ok', found('v')]);
    expect(checkPermissions(wrong)).to.include({ valid: true });
    expect(checkPermittedValues(wrong).valid).to.equal(false);
  });
});
