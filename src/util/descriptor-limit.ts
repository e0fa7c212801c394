import { readFileSync } from 'node:fs';

/**
 * The number of file descriptors that this process may have open: the soft limit, which Node raises to the hard limit
 * when it starts. Infinity if there is no limit; undefined if the platform does not report one.
 */
export function descriptorLimit(): number | undefined {
  return fromProc() ?? fromReport();
}

/** Linux. Cheaper than a report. */
function fromProc(): number | undefined {
  try {
    return parseLimit(/^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** macOS and the BSDs, which have no /proc; Windows reports no limit of this kind. */
function fromReport(): number | undefined {
  const report = process.report?.getReport() as { userLimits?: { open_files?: { soft?: unknown } } } | undefined;
  return parseLimit(report?.userLimits?.open_files?.soft);
}

function parseLimit(value: unknown): number | undefined {
  if (value === 'unlimited') return Infinity;
  const limit =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : NaN;
  return Number.isSafeInteger(limit) ? limit : undefined;
}
