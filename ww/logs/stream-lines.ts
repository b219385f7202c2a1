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
  readonly #onEnd: (lastLine: string) => void
  #partial = ''
  #isContinued = false
  #last = ''

  /** `onEnd` gets the last line, or the last part of it, of each process that has ended; empty if it printed none. */
  constructor(onEnd: (lastLine: string) => void = () => {}) {
    this.#onEnd = onEnd
  }

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
    if (!this.#isContinued) this.#emit(begun + block.slice(first, last), false, emit)
    else {
      if (begun !== '') this.#emit(begun, true, emit)
      if (last > first) this.#emit(block.slice(first + 1, last), false, emit)
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
    this.#note(body)
    emit(body, wasContinued)
  }

  #emit(body: string, isContinued: boolean, emit: Emit): void {
    const lines = body.includes(mark) ? this.#endProcesses(body) : null
    if (lines === null) this.#note(body)
    if (lines === null || lines.length > 0) emit(lines?.join('\n') ?? body, isContinued)
  }

  /** The lines without their marks; one that is only a mark is none. */
  #endProcesses(body: string): string[] {
    return body.split('\n').flatMap((line) => {
      const isLast = line.endsWith(mark)
      const text = isLast ? line.slice(0, -mark.length) : line
      this.#note(text)
      if (isLast) {
        this.#onEnd(this.#last)
        this.#last = ''
      }
      return isLast && text === '' ? [] : [text]
    })
  }

  #note(body: string): void {
    const line = body.slice(body.lastIndexOf('\n') + 1, body.length)
    if (line.trim() !== '') this.#last = line
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

/** As long as may be, but not within a character of several bytes. */
function cutLength(text: string): number {
  for (let length = longestLine; length > longestLine - 4; length--)
    if ((text.charCodeAt(length) & 0xc0) !== 0x80) return length
  // it is not UTF-8
  return longestLine
}
