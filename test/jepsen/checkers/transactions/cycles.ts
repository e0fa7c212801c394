import type { Edge, EdgeKind, Graph } from './graph.js';

/** A cycle, and the name of the anomaly that it is. */
export interface Cycle {
  readonly name: string;
  readonly edges: readonly Edge[];
}

/** Starting points of the search in one group of transactions. */
const STARTS_MAX = 300;

const ORDERS: readonly (readonly [suffix: string, kinds: readonly EdgeKind[]])[] = [
  ['', []],
  ['-process', ['process']],
  ['-realtime', ['process', 'realtime']],
];

/** A cycle that needs more orders is shown too if it is shorter by this. */
const SHORTER_BY = 4;

/** From the worst; with the edge that a cycle must have, and those that it may have. */
const KINDS: readonly (readonly [name: string, first: EdgeKind, data: readonly EdgeKind[]])[] = [
  ['G0', 'ww', ['ww']],
  ['G1c', 'wr', ['ww', 'wr']],
  ['G-single', 'rw', ['ww', 'wr']],
  ['G2', 'rw', ['ww', 'wr', 'rw']],
];

/**
 * One cycle of each group of transactions that lie on common cycles: of the worst kind, and short. The kinds are those of Adya, "Weak
 * consistency", 1999, as in Elle (Kingsbury and Alvaro, 2020):
 * - `G0`: only `ww`
 * - `G1c`: `ww` and `wr`
 * - `G-single`: with one `rw`
 * - `G2`: with two or more `rw`
 *
 * Each with `-process` or `-realtime` if the cycle needs the order of a process, or of real time.
 */
export function cyclesOf(graph: Graph): Cycle[] {
  return graph
    .components(() => true)
    .flatMap((component) => {
      const within = new Set(component);
      const [worst, ...others] = [...cyclesWithin(graph, within)];
      if (worst === undefined) return [];
      const shorter = others
        .filter(({ edges }) => edges.length + SHORTER_BY <= worst.edges.length)
        .sort((a, b) => a.edges.length - b.edges.length)[0];
      return shorter === undefined ? [worst] : [worst, shorter];
    });
}

/** A cycle of the worst kind for each of the orders, those that need fewer orders first. */
function* cyclesWithin(graph: Graph, within: ReadonlySet<number>): Generator<Cycle> {
  for (const [suffix, kinds] of ORDERS) {
    for (const [name, first, data] of KINDS) {
      const uses = ({ kind }: Edge): boolean => data.includes(kind) || kinds.includes(kind);
      const edges = through(graph, within, { first, uses });
      if (edges === undefined) continue;
      yield { name: `${name}${suffix}`, edges };
      break;
    }
  }
}

/** A shortest cycle found that has an edge of one kind, and else edges that count. */
function through(
  graph: Graph,
  within: ReadonlySet<number>,
  { first, uses }: { readonly first: EdgeKind; readonly uses: (edge: Edge) => boolean },
): readonly Edge[] | undefined {
  let best: readonly Edge[] | undefined;
  let starts = 0;
  for (const node of within) {
    for (const edge of graph.from(node)) {
      if (edge.kind !== first || !within.has(edge.to)) continue;
      starts += 1;
      if (starts > STARTS_MAX && best !== undefined) return best;
      const back = graph.path(edge.to, node, { within, uses });
      if (back !== undefined && (best === undefined || back.length + 1 < best.length)) best = [edge, ...back];
      if (best?.length === 2) return best;
    }
  }
  return best;
}
