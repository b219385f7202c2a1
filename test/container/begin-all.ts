/**
 * Begins work for each case, so many at a time. Each result is awaited by the test that it belongs to, so that
 * containers which mostly wait do so at the same time.
 */
export function beginAll<Case, Result>(
  cases: readonly Case[],
  atOnce: number,
  work: (one: Case) => Promise<Result>,
): (one: Case) => Promise<Result> {
  const waiting: (() => void)[] = []
  let running = 0
  const begin = async (one: Case): Promise<Result> => {
    if (running === atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work(one)
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
  const results = new Map(cases.map((one) => [one, begin(one)]))
  // a failure belongs to the test that awaits it
  for (const result of results.values()) result.catch(() => {})
  return (one) => results.get(one) ?? Promise.reject(new Error('the case was not begun'))
}
