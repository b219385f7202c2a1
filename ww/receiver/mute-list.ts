import { randomUUID } from 'node:crypto'
import { parseMutes } from './alert-record.ts'
import type { DocumentPlace } from './alert-world.ts'
import { type Mute, parseMute } from './mutes.ts'

/** The mutes, in a place that other receivers may share. */
export class MuteList {
  readonly #place: DocumentPlace<readonly Mute[]>
  readonly #now: () => number
  #mutes: readonly Mute[] = []
  #changing: Promise<unknown> = Promise.resolve()

  constructor(place: DocumentPlace<readonly Mute[]>, now: () => number) {
    this.#place = place
    this.#now = now
  }

  /** Those that have not ended, as they were when they were read last. */
  current(): readonly Mute[] {
    return this.#mutes.filter(({ until }) => until > this.#now())
  }

  async read(): Promise<void> {
    this.#mutes = parseMutes(await this.#place.read())
  }

  /** Mutes what `data` says, durably; the answer is a sentence when it is wrong. */
  async add(data: unknown): Promise<Mute | string> {
    const mute = parseMute(data, randomUUID(), this.#now())
    if (typeof mute !== 'string') await this.#change((mutes) => [...mutes, mute])
    return mute
  }

  /** Ends a mute, durably; false when there is none with this id. */
  async remove(id: string): Promise<boolean> {
    let isThere = false
    await this.#change((mutes) => {
      isThere = mutes.some((mute) => mute.id === id)
      return isThere ? mutes.filter((mute) => mute.id !== id) : null
    })
    return isThere
  }

  /** One after the other, so that no change is written over by another one. */
  #change(change: (mutes: readonly Mute[]) => readonly Mute[] | null): Promise<void> {
    const changed = this.#changing.then(async () => {
      await this.read()
      const mutes = change(this.current())
      if (mutes === null) return
      await this.#place.write(mutes)
      this.#mutes = mutes
    })
    this.#changing = changed.catch(() => {})
    return changed
  }
}
