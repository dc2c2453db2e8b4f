/**
 * The value of `work`, or null when it takes longer than `timeoutMs`. The work goes on beyond that, unheeded: a late value is
 * lost, and a late rejection is swallowed. Whoever needs either keeps hold of `work`.
 */
export async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
