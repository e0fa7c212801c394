/**
 * Why one transaction comes before another. `ww`: it wrote the version before; `wr`: the other has read its version; `rw`: it has read the
 * version before that of the other; `process`: the same process made it before; `realtime`: it ended before the other began.
 */
export type EdgeKind = 'ww' | 'wr' | 'rw' | 'process' | 'realtime';

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly kind: EdgeKind;
  /** For people; undefined if the kind says it. */
  readonly why?: string;
}

/** Transactions and the order that a history implies between them. */
export class Graph {
  readonly size: number;
  readonly #edges: Edge[][];

  constructor(size: number) {
    this.size = size;
    this.#edges = Array.from({ length: size }, () => []);
  }

  add(edge: Edge): void {
    if (edge.from === edge.to) return;
    const edges = this.#edges[edge.from];
    if (edges?.some(({ to, kind }) => to === edge.to && kind === edge.kind) === false) edges.push(edge);
  }

  from(node: number): readonly Edge[] {
    return this.#edges[node] ?? [];
  }

  /**
   * The groups of nodes that lie on common cycles (Tarjan, "Depth-first search and linear graph algorithms", 1972), without
   * recursion. Each has at least two nodes, in ascending order.
   * @param uses the edges that count
   */
  components(uses: (edge: Edge) => boolean): number[][] {
    const index = new Int32Array(this.size).fill(-1);
    const low = new Int32Array(this.size);
    const onStack = new Uint8Array(this.size);
    const stack: number[] = [];
    const found: number[][] = [];
    let next = 0;
    for (let root = 0; root < this.size; root += 1) {
      if (index[root] !== -1) continue;
      const path: { readonly node: number; at: number }[] = [{ node: root, at: 0 }];
      while (path.length > 0) {
        const step = path.at(-1);
        if (step === undefined) break;
        const { node } = step;
        if (step.at === 0) {
          index[node] = low[node] = next;
          next += 1;
          stack.push(node);
          onStack[node] = 1;
        }
        const edges = this.from(node);
        let deeper: number | undefined;
        while (step.at < edges.length && deeper === undefined) {
          const edge = edges[step.at];
          step.at += 1;
          if (edge === undefined || !uses(edge)) continue;
          if (index[edge.to] === -1) deeper = edge.to;
          else if (onStack[edge.to] === 1) low[node] = Math.min(low[node] ?? 0, index[edge.to] ?? 0);
        }
        if (deeper !== undefined) {
          path.push({ node: deeper, at: 0 });
          continue;
        }
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) low[parent.node] = Math.min(low[parent.node] ?? 0, low[node] ?? 0);
        if (low[node] !== index[node]) continue;
        const component = stack.splice(stack.lastIndexOf(node));
        for (const member of component) onStack[member] = 0;
        if (component.length > 1) found.push(component.sort((a, b) => a - b));
      }
    }
    return found;
  }

  /** A shortest path between two nodes that stays within a group; undefined if there is none. */
  path(
    from: number,
    to: number,
    { within, uses }: { readonly within: ReadonlySet<number>; readonly uses: (edge: Edge) => boolean },
  ): readonly Edge[] | undefined {
    const reached = new Map<number, Edge | undefined>([[from, undefined]]);
    const queue = [from];
    for (const node of queue) {
      for (const edge of this.from(node)) {
        if (!uses(edge) || !within.has(edge.to) || reached.has(edge.to)) continue;
        reached.set(edge.to, edge);
        if (edge.to === to) return unwind(reached, edge);
        queue.push(edge.to);
      }
    }
    return undefined;
  }
}

function unwind(reached: ReadonlyMap<number, Edge | undefined>, last: Edge): readonly Edge[] {
  const path: Edge[] = [];
  for (let edge: Edge | undefined = last; edge !== undefined; edge = reached.get(edge.from)) path.push(edge);
  return path.reverse();
}
