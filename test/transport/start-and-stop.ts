// Two members link, exchange a message and stop. Afterwards nothing may keep the process alive.
import { poll } from '../support/poll.js';
import { connect, Member, message, packet } from './members.js';

const a = await Member.start({ id: 1 });
const b = await Member.start({ id: 2 });
connect(a, b);
await poll('the link', () => a.links.at(-1) === '2 up' || undefined);
a.transport.send(2, packet([message('MsgHeartbeat', { from: 1, to: 2 })]));
await poll('the message', () => b.messages[0]);
await a.stop();
await b.stop();
console.log('closed');
