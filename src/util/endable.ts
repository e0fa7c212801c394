/**
 * A generator whose `return` ends it while it waits for a value. The `return` of a plain async generator waits for that
 * value, which may never come.
 * @param end ends the wait; an error that the generator throws afterwards is ignored
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
