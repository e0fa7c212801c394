import { runRandomLoad, type RandomLoad } from './random-load.js';

// The process of a random load: it receives one load, reports the result or the error, and ends.

process.once('message', (load: RandomLoad) => {
  runRandomLoad(load).then(
    (result) => report({ result }),
    (error: unknown) => report({ error: error instanceof Error ? error.message : String(error) }),
  );
});

function report(message: object): void {
  process.send?.(message, () => process.disconnect());
}
