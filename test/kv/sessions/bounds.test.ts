import { expect } from 'chai';
import { sessionOfKey } from '../../../src/kv/format/layout.js';
import { SessionTable, type SessionBounds } from '../../../src/kv/sessions/session-table.js';
import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import type { EngineOperation } from '../../../src/ports/engine.js';

const BOUNDS: SessionBounds = {
  sessions: 3,
  window: 8,
  openSequences: 6,
  sessionBytes: 600,
  totalBytes: 900,
  resultBytes: 1000,
};

/** A table whose rows go to an engine at once. */
class Kept {
  readonly engine = new MemoryEngine();
  table = new SessionTable(BOUNDS);
  #index = 0;
  #writes: Promise<void> = Promise.resolve();
  readonly #rows = new Map<string, Uint8Array>();
  readonly rows = {
    record: (key: Uint8Array) => this.#rows.get(Buffer.from(key).toString('hex')),
    writeRecord: (operation: EngineOperation) => {
      const key = Buffer.from(operation.key).toString('hex');
      if (operation.type === 'put') this.#rows.set(key, operation.value);
      else this.#rows.delete(key);
      this.#writes = this.#writes.then(() => this.engine.write([operation]));
    },
    spent: () => undefined,
  };

  open(id: number, user = ''): void {
    this.table.open(this.rows, { id, user, ttlSeconds: 60 }, ++this.#index);
  }

  write(session: number, sequence: number, bytes = 0): void {
    const index = ++this.#index;
    this.table.use(this.rows, session, { index, acknowledged: 0 });
    const outcome = { kind: 'body', body: Buffer.alloc(bytes) } as const;
    this.table.keep(this.rows, { session, sequence }, { index, revision: index, outcome });
  }

  get ids(): number[] {
    return [...this.table.all()].map(({ id }) => id);
  }

  /** The sequence numbers of a session; those without a result in brackets. */
  sequences(id: number): string {
    const applied = [...(this.table.get(id)?.applied.values() ?? [])];
    return applied.map(({ sequence, bytes }) => (bytes === 0 ? `(${sequence})` : String(sequence))).join(' ');
  }

  async reread(): Promise<SessionTable> {
    await this.#writes;
    return await SessionTable.read(this.engine, BOUNDS);
  }

  get keys(): number[] {
    return [...this.#rows.keys()].map((key) => sessionOfKey(Buffer.from(key, 'hex')));
  }
}

describe('the bounds of sessions', () => {
  let kept: Kept;

  beforeEach(() => {
    kept = new Kept();
  });

  it('end the least recently used session for a further one', () => {
    for (const id of [1, 2, 3]) kept.open(id);
    kept.write(1, 1);
    kept.open(4);
    expect(kept.ids).to.deep.equal([3, 1, 4]);
  });

  it('end one of the user with most sessions', () => {
    kept.open(1, 'ann');
    kept.open(2, 'bob');
    kept.open(3, 'bob');
    kept.open(4, 'bob');
    expect(kept.ids).to.deep.equal([1, 3, 4]);
  });

  it('drop the oldest results of a session with too many bytes', async () => {
    kept.open(1);
    for (const sequence of [5, 3, 4]) kept.write(1, sequence, 150);
    expect(kept.sequences(1)).to.equal('(5) 3 4');
    const again = await kept.reread();
    expect([...again.all()]).to.deep.equal([...kept.table.all()]);
    expect([again.keptBytes, again.openSequences]).to.deep.equal([kept.table.keptBytes, 3]);
  });

  it('drop the oldest results of all', () => {
    for (const id of [1, 2]) kept.open(id);
    kept.write(1, 1, 150);
    for (const sequence of [1, 2]) kept.write(2, sequence, 100);
    kept.write(1, 2, 100);
    expect([kept.sequences(1), kept.sequences(2)]).to.deep.equal(['(1) 2', '1 2']);
  });

  it('end the session with most open sequence numbers', () => {
    for (const id of [1, 2]) kept.open(id);
    for (const sequence of [1, 2, 3, 4]) kept.write(1, sequence);
    for (const sequence of [1, 2]) kept.write(2, sequence);
    kept.write(2, 3);
    expect(kept.ids).to.deep.equal([2]);
    expect([...new Set(kept.keys)], 'no row is left').to.deep.equal([2]);
    expect(kept.table.openSequences).to.equal(3);
  });
});
