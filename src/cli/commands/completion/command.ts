import { Argument, Command } from 'commander';
import type { CommandEntry } from '../../parsing/command-entry.js';
import { write } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { bashLines, bashWords } from './bash-words.js';
import { candidates, type CandidatesOptions } from './candidates.js';
import type { Candidate } from './candidate.js';
import { FILES, type Shell } from './scripts.js';

/** The hidden command that the scripts call. It never fails, and prints nothing when it has nothing to offer. */
export function candidatesCommand(streams: Streams, commands: readonly CommandEntry[]): Command {
  return new Command('candidates')
    .description('print the candidates for the last word')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .argument('[words...]', 'words after the program up to the cursor; for bash, the line and COMP_WORDBREAKS')
    .action(async (shell: Shell, words: readonly string[]) => {
      await write(
        streams.stdout,
        (await candidateLines(shell, words, { streams, commands })).map((line) => `${line}\n`).join(''),
      );
    });
}

async function candidateLines(
  shell: Shell,
  words: readonly string[],
  line: Omit<CandidatesOptions, 'words'>,
): Promise<readonly string[]> {
  if (shell === 'bash') {
    const [text = '', wordBreaks = ''] = words;
    const parsed = bashWords(text);
    const found = await candidates({ words: parsed.words.slice(1), ...line });
    return found === 'files' ? [FILES] : bashLines(found, { last: parsed.last, wordBreaks });
  }
  const found = await candidates({ words, ...line });
  if (found === 'files') return [FILES];
  return found.map(shell === 'zsh' ? zshLine : fishLine);
}

/** As `_describe` takes it: a colon separates the description, and backslashes escape. */
function zshLine({ text, note }: Candidate): string {
  const escaped = text.replaceAll(/[\\:]/g, '\\$&');
  return note === undefined ? escaped : `${escaped}:${note}`;
}

function fishLine({ text, note }: Candidate): string {
  return note === undefined ? text : `${text}\t${note}`;
}
