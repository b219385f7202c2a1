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

/** How long it is believed how many come while one waits, in milliseconds. */
const learntFor = 30_000

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
  /** How many came in the full time: where each waits for its answer, waiting longer brings no more. */
  #company = { size: 0, at: Number.NEGATIVE_INFINITY }
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

  /** How many come anyway, as was learnt a moment ago; null when that is to be learnt. */
  get #expected(): number | null {
    return performance.now() - this.#company.at < learntFor ? this.#company.size : null
  }

  get #isEnough(): boolean {
    return this.#waiting.length >= (this.#expected ?? this.#pace.most)
  }

  async #awaitPace(): Promise<void> {
    const { milliseconds, most } = this.#pace
    if (this.#waiting.length >= most) return
    // whoever is heard in this turn comes along
    await new Promise((resolve) => setImmediate(resolve))
    const left = this.#last + milliseconds - performance.now()
    if (left <= 0 || this.#isEnough) return
    const isLesson = this.#expected === null
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    const timer = setTimeout(resolve, left)
    await promise
    clearTimeout(timer)
    if (this.#isEnough) return
    this.#company = { size: this.#waiting.length, at: isLesson ? performance.now() : this.#company.at }
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
