import type { History } from '../../history/history.js';

/** A history of caches without its stale reads: what remains are registers. */
export function withoutStale(history: History): History {
  return { ...history, events: history.events.filter(({ f }) => f !== 'stale') };
}

/** The stale reads of a history of caches, beside all writes, as the check of stale reads takes them. */
export function staleOnly(history: History): History {
  const events = history.events.filter(({ f }) => f !== 'read');
  return { ...history, events: events.map((event) => (event.f === 'stale' ? { ...event, f: 'read' } : event)) };
}
