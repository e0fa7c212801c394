import { startMember } from '../../src/server/member.js';
import { defined } from '../../src/util/assert.js';
import { EtcdClient, expectOk } from '../support/etcd-client.js';
import { endpointOf, loneSettings } from './lone-member.js';

// A process that starts a member in the given folder, uses it and stops it; afterwards nothing may keep the process
// alive.
const member = await startMember(loneSettings(defined(process.argv[2], 'a folder')));
const client = new EtcdClient(endpointOf(member));
expectOk(await client.put('k', 'v'));
expectOk(await client.get('k', { level: 'stale' }));
client.close();
await member.stop();
process.stdout.write('stopped\n');
