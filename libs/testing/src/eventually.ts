const POLL_MS = 10;
const WITHIN_MS_DEFAULT = 5_000;

/** Runs the assertion until it holds and returns what it returned; after `withinMs` throws what it threw last. */
export async function eventually<T>(assertion: () => T | Promise<T>, { withinMs = WITHIN_MS_DEFAULT }: { withinMs?: number } = {}): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
