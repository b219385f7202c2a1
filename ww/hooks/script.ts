/** Whether a script has nothing to do: it is empty, or has only a shebang, comments and white space. */
export function isBlankScript(content: string): boolean {
  return content.split('\n').every((line) => /^\s*(#[^\n]*)?$/.test(line))
}

/** The programs that the #! line of a script needs, such as `/usr/bin/env` and `bash`; none without such a line. */
export function findInterpreters(content: string): string[] {
  const [, line = ''] = /^#!(.*)/.exec(content) ?? []
  const [program, ...args] = line.trim().split(/\s+/)
  if (!program) return []
  if (!/\/env$/.test(program)) return [program]
  const called = args.find((arg) => !arg.startsWith('-') && !arg.includes('='))
  return called ? [program, called] : [program]
}

/** Whether the #! line ends in CR LF: the kernel then searches for an interpreter whose name ends in a CR. */
export function hasCrlfShebang(content: string): boolean {
  return /^#![^\n]*\r(\n|$)/.test(content)
}
