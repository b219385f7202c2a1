/** The longest part of a line that is printed as one, in bytes. */
export const longestLine = 64 * 1024

/**
 * What the instance writes after the output of a process that has ended, so that an incomplete line of it is its last one,
 * and not the start of what the next one prints. It comes in the stream itself, in the right place whenever it is read.
 */
export const endMark = '\0\x1eww: end of a process\x1e\n'

const mark = endMark.slice(0, -1)

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
    if (!this.#isContinued) emitLines(begun + block.slice(first, last), false, emit)
    else {
      if (begun !== '' && begun !== mark) emitLines(begun, true, emit)
      if (last > first) emitLines(block.slice(first + 1, last), false, emit)
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

  #append(text: string, emit: Emit): void {
    this.#partial += text
    // the mark is not divided
    while (this.#partial.length > longestLine + mark.length) {
      const length = cutLength(this.#partial)
      const rest = this.#partial.slice(length)
      this.#partial = this.#partial.slice(0, length)
      this.flush(emit)
      this.#partial = rest
    }
  }
}

function emitLines(body: string, isContinued: boolean, emit: Emit): void {
  const marked = body.includes(mark) ? body.split('\n').filter((line) => line !== mark) : null
  if (marked === null) emit(body, isContinued)
  else if (marked.length > 0) emit(marked.join('\n').replaceAll(mark, ''), isContinued)
}

/** As long as may be, but not within a character of several bytes. */
function cutLength(text: string): number {
  for (let length = longestLine; length > longestLine - 4; length--)
    if ((text.charCodeAt(length) & 0xc0) !== 0x80) return length
  // it is not UTF-8
  return longestLine
}
