/** How many events may wait to be filed, in all and of one instance. */
const limits = { all: 150_000, own: 500 }

/** Where an event is, and which of its boot's it is. */
export type Place = { readonly position: number; readonly sequence: number }

/**
 * The events that are kept, in the order of their arrival, but not yet filed under their instances. Filing an instance
 * touches pages of its own, so that many of its events are filed at once; the one that has waited longest is the next.
 */
export class Unfiled {
  /** Each with its events in their order; the one whose first event is the oldest comes first. */
  readonly #places = new Map<string, Place[]>()
  readonly #crowded = new Set<string>()
  #count = 0
  #last = 0

  /** Events must be noted in the order of their positions. */
  note(instance: string, { position, sequence }: Place): void {
    const place = { position, sequence }
    const own = this.#places.get(instance)
    if (own === undefined) this.#places.set(instance, [place])
    else if (own.push(place) === limits.own) this.#crowded.add(instance)
    this.#count += 1
    this.#last = position
  }

  get size(): number {
    return this.#count
  }

  /** The unfiled events of an instance: all of its events from the first of these on. */
  of(instance: string): readonly Place[] {
    return this.#places.get(instance) ?? []
  }

  /** Whose turn it is to be filed: whoever has many, and the first ones while there are more than `most` in all. */
  due(most = limits.all): ReadonlySet<string> {
    const due = new Set(this.#crowded)
    let left = this.#count
    for (const id of due) left -= this.of(id).length
    for (const [id, { length }] of this.#places) {
      if (left <= most) break
      if (due.has(id)) continue
      due.add(id)
      left -= length
    }
    return due
  }

  /** The position up to which all events are filed once these instances are. */
  filedTo(instances: ReadonlySet<string>): number {
    for (const [id, [first]] of this.#places) if (first && !instances.has(id)) return first.position - 1
    return this.#last
  }

  /** These are filed. */
  drop(instances: ReadonlySet<string>): void {
    for (const id of instances) {
      this.#count -= this.of(id).length
      this.#places.delete(id)
      this.#crowded.delete(id)
    }
  }
}
