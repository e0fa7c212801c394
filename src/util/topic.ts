/** An event and its subscribers, which are called in the order in which they subscribed. */
export class Topic<Event> {
  readonly #subscribers: ((event: Event) => void)[] = [];

  subscribe(subscriber: (event: Event) => void): void {
    this.#subscribers.push(subscriber);
  }

  publish(event: Event): void {
    for (const subscriber of this.#subscribers) subscriber(event);
  }
}
