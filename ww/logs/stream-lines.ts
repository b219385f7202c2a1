/** The longest part of a line that is printed as one, in bytes. */
export const longestLine = 64 * 1024

/** Gets whole lines, without the line break at their end; `isContinued` means that they are the rest of a line. */
export type Emit = (body: string, isContinued: boolean) => void

/**
 * Divides what a process prints to one stream into lines; each character is a byte. At most one incomplete line is
 * stored: one that is longer than the limit, or that is not completed for a while, is printed in parts.
 */
export class StreamLines {
  #partial = ''
  #isContinued = false

  /** Whether a line has begun and not ended. */
  get isIncomplete(): boolean {
    return this.#partial !== ''
  }

  /** Adds what was read, 64 KiB at most, so that only the first line of it can exceed the limit. */
  feed(block: string, emit: Emit): void {
    const first = block.indexOf('\n')
    this.#append(first < 0 ? block : block.slice(0, first), emit)
    if (first < 0) return
    const last = block.lastIndexOf('\n')
    const begun = this.#partial
    this.#partial = block.slice(last + 1)
    if (!this.#isContinued) emit(begun + block.slice(first, last), false)
    else {
      if (begun !== '') emit(begun, true)
      if (last > first) emit(block.slice(first + 1, last), false)
    }
    this.#isContinued = false
  }

  /** Prints an incomplete line; what follows is the rest of it. */
  flush(emit: Emit): void {
    if (this.#partial === '') return
    const body = this.#partial
    const wasContinued = this.#isContinued
    this.#partial = ''
    this.#isContinued = true
    emit(body, wasContinued)
  }

  /** Prints an incomplete line at the end of its process; what follows is the next one's. */
  end(emit: Emit): void {
    this.flush(emit)
    this.#isContinued = false
  }

  #append(text: string, emit: Emit): void {
    this.#partial += text
    while (this.#partial.length > longestLine) {
      const length = cutLength(this.#partial)
      const rest = this.#partial.slice(length)
      this.#partial = this.#partial.slice(0, length)
      this.flush(emit)
      this.#partial = rest
    }
  }
}

/** As long as may be, but not within a character of several bytes. */
function cutLength(text: string): number {
  for (let length = longestLine; length > longestLine - 4; length--)
    if ((text.charCodeAt(length) & 0xc0) !== 0x80) return length
  // it is not UTF-8
  return longestLine
}
