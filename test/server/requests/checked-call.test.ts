import { expect } from 'chai';
import type { StreamCall } from '../../../src/rpc/service.js';
import type { Status } from '../../../src/rpc/status.js';
import { REFUSALS } from '../../../src/server/requests/access.js';
import { CheckedCall } from '../../../src/server/requests/checked-call.js';

type Done = (refused: Status | undefined) => void;

/** A stream with checks that the test ends, and what reached its handler. */
class Stream {
  /** The checks in progress, and those that were. */
  readonly checks: { readonly message: unknown; readonly done: Done }[] = [];
  readonly handled: unknown[] = [];
  readonly failures: Status[] = [];
  send: (message: unknown) => void = () => undefined;
  cancel: () => void = () => undefined;

  constructor() {
    const call: StreamCall<never> = {
      certificate: undefined,
      cancelled: false,
      metadata: () => undefined,
      remainingMs: () => undefined,
      onCancel: (callback) => (this.cancel = callback),
      onMessage: (callback) => (this.send = callback as (message: unknown) => void),
      onEnd: () => undefined,
      onDrain: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      send: () => true,
      end: () => undefined,
      fail: (status) => this.failures.push(status),
    };
    const checked = new CheckedCall(call, (message, done) => this.checks.push({ message, done }));
    checked.onMessage((message) => this.handled.push(message));
  }

  settle(refused?: Status): void {
    this.checks.at(-1)?.done(refused);
  }

  get checked(): unknown[] {
    return this.checks.map(({ message }) => message);
  }
}

describe('CheckedCall', () => {
  it('passes messages on in order, one check at a time', () => {
    const stream = new Stream();
    for (const message of [1, 2, 3]) stream.send(message);
    expect(stream.checked).to.deep.equal([1]);
    stream.settle();
    stream.settle();
    expect(stream.checked).to.deep.equal([1, 2, 3]);
    stream.settle();
    expect(stream.handled).to.deep.equal([1, 2, 3]);
  });

  // A client sent thousands of requests at once, of which the first was refused. The others were checked one after the other,
  // each with a read of the newest state, for a stream that had ended.
  it('drops what waits behind a refused message', () => {
    const stream = new Stream();
    for (const message of [1, 2, 3]) stream.send(message);
    stream.settle(REFUSALS.denied);
    expect(stream.failures).to.deep.equal([REFUSALS.denied]);
    stream.send(4);
    expect(stream.checked).to.deep.equal([1]);
    expect(stream.handled).to.deep.equal([]);
  });

  it('drops what waits when the caller has gone', () => {
    const stream = new Stream();
    for (const message of [1, 2, 3]) stream.send(message);
    stream.cancel();
    stream.settle();
    expect(stream.checked).to.deep.equal([1]);
    expect(stream.handled).to.deep.equal([]);
  });
});
