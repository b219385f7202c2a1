/** Something that `ww check` found; an error prevents the image from working, a warning may be intended. */
export type Finding = {
  readonly level: 'error' | 'warning'
  /** The file, relative to the tree, or another source such as `CFG`. */
  readonly file: string
  readonly line?: number
  readonly text: string
}

/** The line of a finding, as compilers print theirs. */
export function formatFinding({ level, file, line, text }: Finding): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${level}: ${text}`
}

/** A place for an error or a warning in one file. */
export function findingsOf(file: string): (level: Finding['level'], text: string, line?: number) => Finding {
  return (level, text, line) => ({ level, file, text, ...(line === undefined ? {} : { line }) })
}
