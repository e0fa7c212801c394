import { expect } from 'chai';
import { Subnet } from './subnet.js';

/** The links of a machine, as `ip` keeps them. */
class Links {
  readonly names = new Set<string>();
  readonly calls: string[] = [];

  readonly run = (...command: string[]): void => {
    this.calls.push(command.join(' '));
    const [, object, verb, name = ''] = command;
    if (object !== 'link') return;
    if (verb === 'add' && this.names.has(name)) throw new Error('RTNETLINK answers: File exists');
    if (verb === 'add') this.names.add(name);
    if (verb === 'del') this.names.delete(name);
  };
}

describe('subnets of namespaces', () => {
  // The number came from the process id, and two runs could have the same.
  it('belong to one run each, and are free again after it', () => {
    const links = new Links();
    const [first, second] = [Subnet.reserve(links), Subnet.reserve(links)];
    expect([first.number, second.number]).to.deep.equal([1, 2]);
    expect(second.clientHost).to.equal('10.77.2.254');
    expect(second.memberHosts.slice(0, 2)).to.deep.equal(['10.77.2.1', '10.77.2.2']);
    first.close();
    const third = Subnet.reserve(links);
    expect(third.number).to.equal(1);
    second.close();
    third.close();
    expect(links.names.size).to.equal(0);
  });

  it('are refused with the reason if there is none, or the machine cannot have any', () => {
    const links = new Links();
    for (let number = 1; number <= 250; number += 1) links.names.add(`jep${number}b`);
    expect(() => Subnet.reserve(links)).to.throw('all 250 subnets are taken');
    const denied = (): void => {
      throw new Error('RTNETLINK answers: Operation not permitted');
    };
    expect(() => Subnet.reserve({ run: denied })).to.throw('not permitted');
  });
});
