import { Client } from '../../src/client/index.js';

// A worker of a feed. Prints the epoch and the keys of each batch, and acknowledges it: the result is written before its position.

const [endpoints = '', feed = '', worker = ''] = process.argv.slice(2);
const client = new Client({ endpoints: endpoints.split(',') });
for (;;) {
  try {
    for await (const batch of client.feed(feed, { worker, ttlSeconds: 3 })) {
      const keys = batch.events.map(({ key }) => key.toString());
      process.stdout.write(`${batch.partition} ${batch.epoch} ${batch.revision} ${keys.join(',')}\n`);
      await batch.ack();
    }
  } catch (error) {
    process.stdout.write(`# ${String(error)}\n`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
