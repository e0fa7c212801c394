/** Edits after which a name is no typing error of another one. */
const EDITS_MAX = 3;

/** Shortest beginning of a name that counts as an abbreviation of it. */
const ABBREVIATION_MIN = 3;

/** A question to add to an error about an unknown name, such as ` (did you mean data-dir?)`; empty without a similar name. */
export function suggestion(name: string, known: Iterable<string>): string {
  const found = nearest(name, known);
  return found === undefined ? '' : ` (did you mean ${found}?)`;
}

/**
 * The known name that is one edit away, else the first that begins with `name`, else the one with the fewest edits;
 * undefined if each takes too many.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const edited = fewestEdits(name, names);
  if (edited?.edits === 1 || name.length < ABBREVIATION_MIN) return edited?.name;
  return names.find((each) => each.startsWith(name)) ?? edited?.name;
}

/** The first of the names with the fewest edits to `name`. */
function fewestEdits(
  name: string,
  known: readonly string[],
): { readonly name: string; readonly edits: number } | undefined {
  let best: string | undefined;
  let fewest = Math.min(EDITS_MAX, Math.floor(name.length / 2)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue;
    const edits = editsBetween(name, candidate);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best === undefined ? undefined : { name: best, edits: fewest };
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other (optimal string alignment). */
function editsBetween(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const line = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      let edits = Math.min(at(above, column) + 1, at(line, column - 1) + 1, at(above, column - 1) + (isSame ? 0 : 1));
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwap) edits = Math.min(edits, at(before, column - 2) + 1);
      line.push(edits);
    }
    [before, above] = [above, line];
  }
  return at(above, to.length);
}

function at(line: readonly number[], column: number): number {
  return line[column] ?? Infinity;
}
