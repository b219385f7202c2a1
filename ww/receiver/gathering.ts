/** Something that was asked for, and who waits for it. */
type Asked<Item, Answer> = {
  readonly item: Item
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/**
 * Gathers what is asked for at about the same time and does it in one go, so that many wait for one write to the disk.
 * What comes while that is under way goes into the next.
 */
export class Gathering<Item, Answer> {
  readonly #perform: (items: readonly Item[]) => readonly Answer[] | Promise<readonly Answer[]>
  #waiting: Asked<Item, Answer>[] = []
  #running: Promise<void> | null = null

  /** `perform` gives an answer for each item, or throws, and then nobody's was done. */
  constructor(perform: (items: readonly Item[]) => readonly Answer[] | Promise<readonly Answer[]>) {
    this.#perform = perform
  }

  add(item: Item): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#waiting.push({ item, resolve, reject })
    this.#running ??= this.#run()
    return promise
  }

  /** Resolves when all that was asked for is done. */
  async settle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // whoever is heard in this turn comes along
      await new Promise((resolve) => setImmediate(resolve))
      const asked = this.#waiting.splice(0)
      try {
        const answers = await this.#perform(asked.map(({ item }) => item))
        for (const [index, { resolve, reject }] of asked.entries()) {
          const answer = answers[index]
          if (answer === undefined) reject(new Error('no answer was given'))
          else resolve(answer)
        }
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
    }
    this.#running = null
  }
}
