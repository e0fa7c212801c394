import type { ServerResponse } from 'node:http';
import type { Outcome, SharedTurns, Steps } from '../../util/slices.js';
import { TextPieces } from '../answers.js';
import type { Print } from '../json/to-json.js';

/**
 * Writes a text to a response as it is made, in slices that yield to the event loop, and no faster than the client reads.
 * @param make prints the text
 * @param hooks.progressed is called with the number of bytes whenever the client has taken what was written
 * @param hooks.finish is called once all is written, unless the client has left
 */
export function writeInSlices(
  { response, turns }: { readonly response: ServerResponse; readonly turns: SharedTurns },
  make: (print: Print) => Steps<void>,
  {
    finish,
    progressed,
  }: { readonly finish: (outcome: Outcome<void>) => void; readonly progressed?: (bytes: number) => void },
): void {
  let writtenBytes = 0;
  const pieces = new TextPieces((piece) => {
    writtenBytes += piece.length;
    response.write(piece);
  });
  turns.run(make(pieces.print), {
    finish: (outcome) => {
      if (outcome.kind === 'done') pieces.flush();
      finish(outcome);
    },
    wanted: () => !response.destroyed,
    hold: (resume) => {
      if (!response.writableNeedDrain) return false;
      response.once('drain', () => {
        progressed?.(writtenBytes);
        writtenBytes = 0;
        resume();
      });
      return true;
    },
  });
}
