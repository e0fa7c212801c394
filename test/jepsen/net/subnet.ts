import { execFileSync } from 'node:child_process';
import { atExit } from '../../support/at-exit.js';

/** Members of one network. */
const MEMBERS_MAX = 60;
const CLIENT_HOST = 254;
const SUBNETS = 250;

export interface SubnetOptions {
  /** Runs a program. @throws Error that has its standard error in the message */
  readonly run?: (program: string, ...args: string[]) => void;
}

/**
 * A network 10.77.N.0/24 on a bridge that belongs to this run alone. The bridge is made under a name that contains N, and the kernel
 * refuses a second one: of several runs that begin at once each gets a subnet of its own.
 */
export class Subnet {
  readonly number: number;
  readonly #run: (program: string, ...args: string[]) => void;
  readonly #forget: () => void;

  /** Takes the first subnet that is free. Needs root. @throws Error if there is none */
  static reserve({ run = runProgram }: SubnetOptions = {}): Subnet {
    for (let number = 1; number <= SUBNETS; number += 1) {
      try {
        run('ip', 'link', 'add', bridgeOf(number), 'type', 'bridge');
      } catch (error) {
        if (!String(error).includes('File exists')) throw error;
        continue;
      }
      return new Subnet(number, run);
    }
    throw new Error(
      `all ${SUBNETS} subnets are taken; bridges that a killed run has left are removed with: ip link del`,
    );
  }

  private constructor(number: number, run: (program: string, ...args: string[]) => void) {
    this.number = number;
    this.#run = run;
    this.#forget = atExit(() => run('ip', 'link', 'del', this.bridge));
    run('ip', 'addr', 'add', `${this.clientHost}/24`, 'dev', this.bridge);
    run('ip', 'link', 'set', this.bridge, 'up');
  }

  get bridge(): string {
    return bridgeOf(this.number);
  }

  /** The address of the clients. */
  get clientHost(): string {
    return `10.77.${this.number}.${CLIENT_HOST}`;
  }

  /** The addresses that members can have, for their certificates. */
  get memberHosts(): string[] {
    return Array.from({ length: MEMBERS_MAX }, (_, at) => this.memberHost(at + 1));
  }

  /** @param member from 1 on */
  memberHost(member: number): string {
    return `10.77.${this.number}.${member}`;
  }

  close(): void {
    this.#forget();
    this.#run('ip', 'link', 'del', this.bridge);
  }
}

function bridgeOf(number: number): string {
  return `jep${number}b`;
}

function runProgram(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
