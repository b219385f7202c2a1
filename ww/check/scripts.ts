import { findInterpreters } from '../hooks/script.ts'
import { type Finding, findingsOf } from './finding.ts'
import { findSyntaxError } from './syntax.ts'

/** Lints the text of a script; `path` is where it can be read. Binary programs have nothing to lint. */
export function lintScript(content: string, file: string, path: string): Finding[] {
  if (content.includes('\0')) return []
  const finding = findingsOf(file)
  const findings: Finding[] = []
  if (content.startsWith('\uFEFF')) {
    findings.push(finding('error', 'a byte order mark hides the #! line; save the file without it', 1))
  } else if (!content.startsWith('#!')) {
    findings.push(finding('warning', 'has no #! line, so that it runs under /bin/sh; write #!/bin/sh', 1))
  }
  const ends = content.split('\n').findIndex((line) => line.endsWith('\r'))
  if (ends >= 0) {
    const what = ends === 0 ? 'CRLF line ends hide the interpreter' : 'CRLF line ends'
    return [...findings, finding('error', `${what}; run sed -i 's/\\r$//' ${file}`, ends + 1)]
  }
  const syntax = findSyntaxError(path, findInterpreters(content))
  if (syntax) findings.push(finding('error', syntax.text, syntax.line))
  return findings
}
