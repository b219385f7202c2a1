/** Something that was asked for, and who waits for it. */
type Asked<Item, Answer> = {
  readonly item: Item
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/**
 * Each time has its price: fewer than `most` wait until `milliseconds` after the last time. More than `most` are done in
 * several goes, so that those of the first are answered while the next are under way.
 */
export type GatheringPace = { readonly milliseconds: number; readonly most: number }

/** How long it is believed how many come, in milliseconds: to learn it, all of them wait once. */
const believedFor = 30_000

/**
 * Gathers what is asked for at about the same time and does it in one go, so that many wait for one write to the disk.
 * What comes while that is under way goes into the next.
 */
export class Gathering<Item, Answer> {
  readonly #perform: (items: readonly Item[]) => readonly Answer[] | Promise<readonly Answer[]>
  readonly #pace: GatheringPace
  #waiting: Asked<Item, Answer>[] = []
  #running: Promise<void> | null = null
  #last = Number.NEGATIVE_INFINITY
  /**
   * How many came when the full time was waited, and when that was believed. Senders who each wait for their answer are
   * the same number twice in a row, and waiting longer brings no more of them.
   */
  #company = { size: 0, believedAt: Number.NEGATIVE_INFINITY }
  #wake: () => void = () => {}

  /** `perform` gives an answer for each item, or throws, and then nobody's was done. */
  constructor(
    perform: (items: readonly Item[]) => readonly Answer[] | Promise<readonly Answer[]>,
    pace: GatheringPace = { milliseconds: 0, most: Number.POSITIVE_INFINITY },
  ) {
    this.#perform = perform
    this.#pace = pace
  }

  add(item: Item): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#waiting.push({ item, resolve, reject })
    this.#running ??= this.#run()
    if (this.#isEnough) this.#wake()
    return promise
  }

  /** Resolves when all that was asked for is done. */
  async settle(): Promise<void> {
    await this.#running
  }

  get #isEnough(): boolean {
    const { size, believedAt } = this.#company
    const isBelieved = performance.now() - believedAt < believedFor
    return this.#waiting.length >= (isBelieved ? size : this.#pace.most)
  }

  async #awaitPace(): Promise<void> {
    const { milliseconds, most } = this.#pace
    if (this.#waiting.length >= most) return
    // whoever is heard in this turn comes along
    await new Promise((resolve) => setImmediate(resolve))
    const left = this.#last + milliseconds - performance.now()
    if (left <= 0 || this.#isEnough) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    const timer = setTimeout(resolve, left)
    await promise
    clearTimeout(timer)
    if (this.#isEnough) return
    const size = this.#waiting.length
    this.#company = {
      size,
      believedAt: size === this.#company.size ? performance.now() : Number.NEGATIVE_INFINITY,
    }
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#awaitPace()
      this.#last = performance.now()
      const asked = this.#waiting.splice(0, this.#pace.most)
      const tell = await this.#performAll(asked)
      // the next are under way before those are told, which takes its time
      const told = new Promise<void>((resolve) => setImmediate(() => resolve(tell())))
      if (this.#waiting.length === 0) await told
    }
    this.#running = null
  }

  /** Answers with what tells those who asked. */
  async #performAll(asked: readonly Asked<Item, Answer>[]): Promise<() => void> {
    try {
      const answers = await this.#perform(asked.map(({ item }) => item))
      return () => {
        for (const [index, { resolve, reject }] of asked.entries()) {
          const answer = answers[index]
          if (answer === undefined) reject(new Error('no answer was given'))
          else resolve(answer)
        }
      }
    } catch (error) {
      return () => {
        for (const { reject } of asked) reject(error)
      }
    }
  }
}
