import { type Address, parseAddress } from '../config/address-kind.ts'
import { type Bound, openBound } from './bound.ts'
import { probeCommand } from './exec.ts'
import { probeFile } from './file.ts'
import { probeUrl } from './http.ts'
import { type ProbeOptions, type ProbeResult, probeLimit } from './result.ts'
import { probePort } from './tcp.ts'

/** Examines one address once, within its limit; it never rejects. */
export async function probe(address: string, options: ProbeOptions): Promise<ProbeResult> {
  const parsed = parseAddress(address)
  if (parsed.kind === 'wrong') return { ok: false, reason: parsed.problem }
  if (options.signal.aborted) return { ok: false, reason: 'was aborted' }
  const bound = openBound(options.signal, options.ms ?? probeLimit)
  try {
    return await examine(parsed, bound, options)
  } finally {
    bound.close()
  }
}

async function examine(address: Address, bound: Bound, options: ProbeOptions): Promise<ProbeResult> {
  switch (address.kind) {
    case 'tcp':
      return probePort(address, bound)
    case 'http':
      return probeUrl(address.url, bound)
    case 'file':
      return probeFile(address.path)
    case 'exec':
      return probeCommand(address.command, bound, options)
  }
}
