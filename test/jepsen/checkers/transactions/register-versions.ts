import type { Transaction, ValueText } from './transaction.js';

/** A version of a register: the value, and its last writer. */
export interface Version {
  readonly value: ValueText;
  readonly writer: Transaction;
}

export interface RegisterRead {
  readonly reader: Transaction;
  readonly key: string;
  /** `null` before the first write. */
  readonly value: ValueText;
}

/**
 * The order of the versions of a register by the revisions of their writers. A version of unknown outcome comes after the last one that the
 * first read of it can have replaced. Undefined if an answered write has no revision.
 */
export function versionsByRevision(
  versions: readonly Version[],
  reads: readonly RegisterRead[],
): readonly Version[] | undefined {
  const placed: { readonly version: Version; readonly after: number; readonly at: number }[] = [];
  const revisions: number[] = [];
  for (const { writer } of versions) if (writer.revision !== undefined) revisions.push(writer.revision);
  for (const version of versions) {
    const { revision, call } = version.writer;
    if (revision !== undefined) placed.push({ version, after: revision, at: 0 });
    else if (call.outcome === 'ok') return undefined;
    else {
      const seen = reads.filter(({ value, reader }) => value === version.value && reader.revision !== undefined);
      if (seen.length === 0) continue;
      const first = Math.min(...seen.map(({ reader }) => seenRevision(reader)));
      placed.push({ version, after: Math.max(0, ...revisions.filter((other) => other <= first)), at: first });
    }
  }
  placed.sort((a, b) => a.after - b.after || a.at - b.at);
  return placed.map(({ version }) => version);
}

/** The revision of the store that a transaction has read: one that writes has read the one before its own. */
function seenRevision({ revision = 0, operations }: Transaction): number {
  return operations.some(({ kind }) => kind !== 'read') ? revision - 1 : revision;
}

/** The versions that certainly come later: their writer has read this one, or began after the writer of this one had ended. */
export function laterVersions(
  version: Version | undefined,
  versions: readonly Version[],
  reads: readonly RegisterRead[],
): readonly Version[] {
  if (version === undefined) return versions;
  return versions.filter(({ value, writer }) => {
    if (value === version.value || writer === version.writer) return false;
    const hasRead = reads.some((read) => read.reader === writer && read.value === version.value);
    const { call } = version.writer;
    return hasRead || (call.outcome === 'ok' && (call.completion?.time ?? Infinity) < writer.call.invoke.time);
  });
}
