/**
 * A generator that ends while it waits: by itself, its `return` would wait for the next value, which may never come.
 * @param end has it wait no longer; what it fails with afterwards is of no interest
 */
export function endable<T>(
  generator: AsyncGenerator<T, void, undefined>,
  end: () => void,
): AsyncGenerator<T, void, undefined> {
  let ended = false;
  const over = { done: true, value: undefined } as const;
  const orOver = async (work: Promise<IteratorResult<T, void>>): Promise<IteratorResult<T, void>> => {
    try {
      const result = await work;
      return ended ? over : result;
    } catch (error) {
      if (ended) return over;
      throw error;
    }
  };
  const finish = async (): Promise<IteratorResult<T, void>> => {
    ended = true;
    end();
    await generator.return();
    return over;
  };
  return {
    next: async () => await orOver(generator.next()),
    return: finish,
    throw: async (error) => {
      await finish();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await finish();
    },
  };
}
