import { existsSync } from 'node:fs'
import type { ProbeResult } from './result.ts'

/** Whether a file or directory exists: `file:/path`, or `file:///path`. */
export async function probeFile(address: string): Promise<ProbeResult> {
  const path = address.replace(/^file:(\/\/(?=\/))?/i, '')
  return existsSync(path) ? { ok: true } : { ok: false, reason: 'does not exist' }
}
