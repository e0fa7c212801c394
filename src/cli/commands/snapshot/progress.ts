import type { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';
import type { SnapshotProgress } from '../../../client/index.js';
import { humanBytes } from '../../output/text.js';

/** A progress bar on a terminal, and nothing elsewhere. The total is an estimate that changes. */
export class SaveProgress {
  readonly #bar: SingleBar | undefined;

  constructor(stream: Writable & { readonly isTTY?: boolean }) {
    if (stream.isTTY !== true) return;
    const format = '{bar} {percentage}% | {size} | {eta_formatted} left';
    this.#bar = new SingleBar({ stream, format, clearOnComplete: true, etaBuffer: 200 }, Presets.shades_classic);
    this.#bar.start(1, 0, { size: humanBytes(0) });
  }

  show({ receivedBytes, remainingBytes }: SnapshotProgress): void {
    this.#bar?.setTotal(receivedBytes + remainingBytes);
    this.#bar?.update(receivedBytes, { size: humanBytes(receivedBytes) });
  }

  stop(): void {
    this.#bar?.stop();
  }
}
