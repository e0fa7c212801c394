/** What must not outlive this process, and how to end it. */
const endings = new Set<() => void>();
let watches = false;

/**
 * Runs `end` when the process exits, or is ended by SIGINT, SIGTERM or SIGHUP, the signal of a closed terminal: these end it
 * without an exit event. Where something else listens for the signals, as Mocha does, that decides. If one `end` fails, the
 * others run all the same.
 * @param end must not wait for anything
 * @returns a function that takes it back
 */
export function atExit(end: () => void): () => void {
  endings.add(end);
  if (!watches) {
    watches = true;
    process.once('exit', () => {
      // What was begun last depends on what was there before.
      for (const each of [...endings].toReversed()) {
        try {
          each();
        } catch (error) {
          process.stderr.write(`at exit: ${String(error)}\n`);
        }
      }
    });
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(code));
    }
  }
  return () => void endings.delete(end);
}
