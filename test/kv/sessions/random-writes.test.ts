import { expect } from 'chai';
import * as fc from 'fast-check';
import type { SessionCall } from '../../../src/kv/sessions/session-call.js';
import { SESSION_BOUNDS } from '../../../src/kv/sessions/session-table.js';
import type { ApplyResult } from '../../../src/kv/store.js';
import { assertNever, defined } from '../../../src/util/assert.js';
import { actual, expected, type Compared } from '../support/compared.js';
import { Fixture, levelHome, memoryHome, type Home } from '../support/fixture.js';
import { Model } from '../support/model.js';
import { LEASES } from '../support/requests.js';
import { SessionModel } from '../support/session-model.js';
import { write, type Write } from '../support/writes.js';
import { session, type Command } from './session-writes.js';

const IDS = [1, 2, 3] as const;
const seed = Number(process.env['SEED'] ?? 6_310);

/** What one entry of the log does. */
type Step =
  | { readonly kind: 'open' | 'close'; readonly id: number }
  | { readonly kind: 'plain'; readonly write: Write }
  /** @property gap numbers that are left out for later writes @property far whether it is beyond the window */
  | { readonly kind: 'new'; readonly id: number; readonly write: Write; readonly gap: number; readonly far: boolean }
  /** Sends an earlier write again, or one whose number was left out. @property acknowledges the part of the numbers, 0 to 1 */
  | { readonly kind: 'again'; readonly id: number; readonly at: number; readonly acknowledges: number };

const id = fc.constantFrom(...IDS);
const rarely = (weight: number): fc.Arbitrary<boolean> =>
  fc.oneof({ weight, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
/** Members decide alone that a lease has expired, in no session. */
const sessionWrite = write.filter(({ kind }) => kind !== 'leaseExpire');
const gap = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
);
const acknowledges = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: rarely(5).map((close) => (close ? ('close' as const) : ('open' as const))), id }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('plain' as const), write }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('new' as const), id, write: sessionWrite, gap, far: rarely(30) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('again' as const), id, at: fc.nat(), acknowledges }) },
);
/** Batches; after an empty one the store is opened again. */
const batches = fc.array(fc.array(step, { maxLength: 12 }), { minLength: 8, maxLength: 30, size: 'max' });

/** The client of one session: its writes by number. */
interface Sent {
  readonly writes: Map<number, Write>;
  next: number;
}

function newSent(): Sent {
  return { writes: new Map(), next: 1 };
}

/** Turns steps into commands, and knows their answers. */
class Script {
  readonly model = new Model(LEASES);
  readonly sessions = new SessionModel(this.model);
  /** Of the last session with an id; one that was never opened is sent writes too. */
  readonly #sent = new Map(IDS.map((id): [number, Sent] => [id, newSent()]));
  repeats = 0;

  /** @returns the command, and its answer with the kind of the write; undefined for a step that is not possible */
  next(
    step: Step,
  ): { readonly command: Command; readonly write: Write | undefined; readonly wanted: Compared } | undefined {
    switch (step.kind) {
      case 'open':
      case 'close': {
        if (this.sessions.has(step.id) === (step.kind === 'open')) return undefined;
        this.model.index++;
        this.sessions[step.kind](step.id);
        if (step.kind === 'open') this.#sent.set(step.id, newSent());
        const wanted = { kind: 'ok', revision: this.model.revision, answer: {} } as const;
        return { command: session[step.kind](step.id), write: undefined, wanted };
      }
      case 'plain': {
        this.model.index++;
        const { kind, request, ask } = step.write;
        return { command: [kind, request], write: step.write, wanted: expected(this.model, ask) };
      }
      case 'new':
        return this.#write(step.id, step.write, step);
      case 'again':
        return this.#again(step.id, step);
      default:
        return assertNever(step, 'step');
    }
  }

  #write(
    id: number,
    write: Write,
    { gap, far }: { readonly gap: number; readonly far: boolean },
  ): ReturnType<Script['next']> {
    const sent = this.#sentOf(id);
    if (far)
      return this.#send(write, { session: id, sequence: sent.next + SESSION_BOUNDS.window + 1, acknowledged: 1 });
    const sequence = sent.next + gap;
    // Those that are left out are sent later, as writes that were delayed.
    for (let left = sent.next; left <= sequence; left++) sent.writes.set(left, write);
    sent.next = sequence + 1;
    return this.#send(write, { session: id, sequence, acknowledged: 1 });
  }

  #again(
    id: number,
    { at, acknowledges }: { readonly at: number; readonly acknowledges: number },
  ): ReturnType<Script['next']> {
    const { writes } = this.#sentOf(id);
    const sequence = 1 + (at % Math.max(1, writes.size));
    const write = writes.get(sequence);
    if (write === undefined) return undefined;
    return this.#send(write, { session: id, sequence, acknowledged: Math.floor(acknowledges * sequence) });
  }

  #send(write: Write, call: SessionCall): ReturnType<Script['next']> {
    this.model.index++;
    let isApplied = false;
    const wanted = this.sessions.write(call, () => {
      isApplied = true;
      return expected(this.model, write.ask);
    });
    if (!isApplied && (wanted.kind === 'ok' || !wanted.error.kind.startsWith('session-'))) this.repeats += 1;
    return { command: [write.kind, write.request, undefined, call], write, wanted };
  }

  #sentOf(id: number): Sent {
    return defined(this.#sent.get(id), 'a session of the script');
  }
}

/** @returns the number of repeated writes */
async function run(fixture: Fixture, steps: readonly (readonly Step[])[]): Promise<number> {
  const script = new Script();
  for (const batch of steps) {
    if (batch.length === 0) await fixture.reopen();
    const made = batch.flatMap((each) => script.next(each) ?? []);
    if (made.length === 0) continue;
    const results = await fixture.apply(made.map(({ command }) => command));
    const shown = made.map(({ write }, at) => compared(results[at] as ApplyResult, write));
    expect(shown).to.deep.equal(made.map(({ wanted }) => wanted));
    expect(fixture.store.revision()).to.equal(script.model.revision);
    expect(fixture.store.sessions.openSequences).to.equal(script.sessions.openSequences);
  }
  return script.repeats;
}

function compared(result: ApplyResult, write: Write | undefined): Compared {
  if (write !== undefined) return actual(write.kind, result);
  const { revision } = result;
  if (result.kind === 'error') return { kind: 'error', revision, error: { kind: result.error.kind } };
  return { kind: 'ok', revision, answer: {} };
}

async function compareWithModel(home: () => Home | Promise<Home>, numRuns: number): Promise<number> {
  let repeats = 0;
  await fc.assert(
    fc.asyncProperty(batches, async (steps) => {
      const fixture = await Fixture.open(await home());
      try {
        repeats += await run(fixture, steps);
      } finally {
        await fixture.remove();
      }
    }),
    { numRuns, seed, interruptAfterTimeLimit: 250_000, markInterruptAsFailure: true },
  );
  return repeats;
}

describe(`random writes that are sent again in sessions, against a model (SEED=${seed})`, () => {
  it('are applied once and answered as at first, on the memory engine', async () => {
    expect(await compareWithModel(memoryHome, 60)).to.be.greaterThan(800);
  }).timeout(300_000);

  it('are applied once and answered as at first, on LevelDB', async () => {
    expect(await compareWithModel(levelHome, 8)).to.be.greaterThan(100);
  }).timeout(300_000);
});
