import { expect } from 'chai';
import { runCommandWith } from './run-command.js';

/** RAFTKV_ENDPONTS was ignored without a word, and the command called the local cluster instead. */
describe('a misspelt environment variable', () => {
  const CLUSTER = { RAFTKV_ENDPOINTS: '127.0.0.1:1', RAFTKV_DIAL_TIMEOUT: '50ms', RAFTKV_COMMAND_TIMEOUT: '100ms' };
  const warningsOf = async (variables: Readonly<Record<string, string>>, ...args: string[]): Promise<string[]> => {
    const { stderr } = await runCommandWith({ ...CLUSTER, ...variables }, args);
    return stderr.split('\n').filter((line) => line.startsWith('raftkv: warning: '));
  };

  for (const command of [
    ['get', 'a'],
    ['member', 'list'],
    ['endpoint', 'health'],
  ]) {
    it(`causes a warning with the likely name before ${command.join(' ')}`, async () => {
      expect(await warningsOf({ RAFTKV_ENDPONTS: '127.0.0.1:1', RAFTKV_UNLIKE_ANY: '' }, ...command)).to.deep.equal([
        'raftkv: warning: unknown environment variable RAFTKV_ENDPONTS (did you mean RAFTKV_ENDPOINTS?)',
        'raftkv: warning: unknown environment variable RAFTKV_UNLIKE_ANY',
      ]);
    });
  }

  it('is not assumed of the variables of servers, of child processes, and of Kubernetes', async () => {
    const variables = {
      RAFTKV_DATA_DIR: 'd',
      RAFTKV_CONFIG_FILE: 'f',
      RAFTKV_LOCK_KEY: 'k',
      RAFTKV_EVENT_TYPE: 'PUT',
      RAFTKV_SERVICE_HOST: '10.0.0.1',
      RAFTKV_SERVICE_PORT_CLIENT: '2379',
      RAFTKV_PORT: 'tcp://10.0.0.1:2379',
      RAFTKV_PORT_2379_TCP_ADDR: '10.0.0.1',
    };
    expect(await warningsOf(variables, 'get', 'a')).to.deep.equal([]);
  });

  it('does not disturb completion', async () => {
    expect(await warningsOf({ RAFTKV_ENDPONTS: 'x' }, 'completion', 'candidates', 'zsh', 'get', '')).to.deep.equal([]);
  });
});
