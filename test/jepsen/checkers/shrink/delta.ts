/**
 * A smallest part of a list that still has a property: no single element can be removed from it (Zeller and Hildebrandt,
 * "Simplifying and isolating failure-inducing input", 2002). The whole list has the property.
 * @param holds is asked about parts, in the order of the list
 * @param isLate ends the search early, with the smallest part so far
 */
export function smallestPart<Element>(
  whole: readonly Element[],
  holds: (part: readonly Element[]) => boolean,
  isLate: () => boolean = () => false,
): readonly Element[] {
  let part = whole;
  let pieces = 2;
  while (part.length > 0 && !isLate()) {
    const size = Math.ceil(part.length / Math.min(pieces, part.length));
    const smaller = withoutOnePiece(part, size, holds, isLate);
    if (smaller !== undefined) {
      part = smaller;
      pieces = Math.max(2, pieces - 1);
    } else if (size === 1) break;
    else pieces *= 2;
  }
  return part;
}

function withoutOnePiece<Element>(
  part: readonly Element[],
  size: number,
  holds: (part: readonly Element[]) => boolean,
  isLate: () => boolean,
): readonly Element[] | undefined {
  for (let from = 0; from < part.length && !isLate(); from += size) {
    const rest = [...part.slice(0, from), ...part.slice(from + size)];
    if (holds(rest)) return rest;
  }
  return undefined;
}
