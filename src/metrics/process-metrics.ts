import { readdirSync, readFileSync } from 'node:fs';
import type { Exposition } from './exposition.js';

const STARTED_AT_SECONDS = performance.timeOrigin / 1000;

/** The metrics of a process that Prometheus's own libraries have; without those that the platform does not provide. */
export function processMetrics(out: Exposition): void {
  const { user, system } = process.cpuUsage();
  out.counter('process_cpu_seconds_total', 'Processor time, in seconds.', (user + system) / 1e6);
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  out.gauge('process_resident_memory_bytes', 'Memory in use, in bytes.', rss);
  out.gauge('process_virtual_memory_bytes', 'Address space in use, in bytes.', virtualBytes());
  out.gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.', STARTED_AT_SECONDS);
  const [used, limit] = [openDescriptors(), maxDescriptors()];
  out.gauge('process_open_fds', 'Open file descriptors.', used);
  out.gauge('process_max_fds', 'Limit of open file descriptors.', limit);
  // etcd's names for the same.
  out.gauge('os_fd_used', 'The number of used file descriptors.', used);
  out.gauge('os_fd_limit', 'The file descriptor limit.', limit);
  out.gauge('nodejs_heap_size_used_bytes', "Memory of JavaScript's objects, in bytes.", heapUsed);
  out.gauge('nodejs_heap_size_total_bytes', "Memory reserved for JavaScript's objects, in bytes.", heapTotal);
  out.gauge('nodejs_external_memory_bytes', 'Memory of buffers, in bytes.', external);
}

function openDescriptors(): number | undefined {
  return ofLinux(() => readdirSync('/proc/self/fd').length);
}

function maxDescriptors(): number | undefined {
  const limit = ofLinux(() => /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  return limit === undefined ? undefined : Number(limit);
}

function virtualBytes(): number | undefined {
  const kilobytes = ofLinux(() => /^VmSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Undefined on platforms without /proc. */
function ofLinux<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
