import { statSync } from 'node:fs'
import { codeOf } from '../base/files.ts'
import type { ProbeResult } from './result.ts'

/** Whether a file or directory exists. */
export function probeFile(path: string): ProbeResult {
  try {
    statSync(path)
    return { ok: true, what: 'exists' }
  } catch (error) {
    const isHidden = codeOf(error) === 'EACCES'
    return { ok: false, reason: isHidden ? 'permission denied' : 'does not exist' }
  }
}
