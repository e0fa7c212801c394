import { MemoryEngine } from '../../src/engine/memory/memory-engine.js';
import { describeCompliance } from './compliance.js';

describeCompliance('memory', () => ({
  open: async () => new MemoryEngine(),
  reopen: async (closed) => (closed as MemoryEngine).crash(),
  cleanUp: async () => undefined,
}));
