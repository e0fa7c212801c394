import { readdirSync, readFileSync } from 'node:fs';
import type { Exposition } from './exposition.js';

const STARTED_AT_SECONDS = performance.timeOrigin / 1000;

/** What Prometheus's own libraries say of a process; what the platform does not tell is left out. */
export function processMetrics(out: Exposition): void {
  const { user, system } = process.cpuUsage();
  out.counter('process_cpu_seconds_total', 'Time of processors spent, in seconds.', (user + system) / 1e6);
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  out.gauge('process_resident_memory_bytes', 'Memory in use, in bytes.', rss);
  out.gauge('process_virtual_memory_bytes', 'Address space in use, in bytes.', virtualBytes());
  out.gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.', STARTED_AT_SECONDS);
  out.gauge('process_open_fds', 'Open file descriptors.', openDescriptors());
  out.gauge('process_max_fds', 'File descriptors that may be open.', maxDescriptors());
  out.gauge('nodejs_heap_size_used_bytes', "Memory of JavaScript's objects, in bytes.", heapUsed);
  out.gauge('nodejs_heap_size_total_bytes', "Memory set aside for JavaScript's objects, in bytes.", heapTotal);
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

/** Other platforms have no /proc. */
function ofLinux<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
