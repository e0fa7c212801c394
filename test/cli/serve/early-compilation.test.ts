import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { compileEarly } from '../../../src/cli/commands/serve/early-compilation.js';

const MODULE = fileURLToPath(new URL('../../../src/cli/commands/serve/early-compilation.ts', import.meta.url));

describe('compileEarly', () => {
  it('sets only flags that this V8 has: it would print a line for each other one', () => {
    const { stderr, status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', `(await import(${JSON.stringify(MODULE)})).compileEarly()`],
      { encoding: 'utf8' },
    );
    expect({ stderr, status }).to.deep.equal({ stderr: '', status: 0 });
  });

  it('leaves the budget alone where V8 has none', () => {
    const flags: string[] = [];
    compileEarly({ nodeVersion: '24.1.0', setFlag: (flag) => void flags.push(flag) });
    expect(flags).to.deep.equal(['--always-sparkplug']);
    compileEarly({ nodeVersion: '20.9.0', setFlag: (flag) => void flags.push(flag) });
    expect(flags.slice(1)).to.deep.equal(['--always-sparkplug', '--interrupt-budget=15000']);
  });
});
