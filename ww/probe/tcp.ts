import { codeOf, explainCode, type ProbeResult, probeLimit } from './result.ts'

/** Whether a port accepts connections: `tcp://host:port`, or `tcp:host:port`. */
export async function probePort(address: string, signal: AbortSignal): Promise<ProbeResult> {
  const target = parsePort(address)
  if (target === null) return { ok: false, reason: 'is not tcp://host:port' }
  if (signal.aborted) return { ok: false, reason: 'was aborted' }
  const { connect } = await import('node:net')
  return new Promise((resolve) => {
    const socket = connect({ ...target, signal, timeout: probeLimit })
    const settle = (result: ProbeResult): void => {
      socket.destroy()
      resolve(result)
    }
    socket.on('connect', () => settle({ ok: true }))
    socket.on('error', (error) => settle({ ok: false, reason: explainCode(codeOf(error)) }))
    socket.on('timeout', () => settle({ ok: false, reason: 'timed out' }))
  })
}

/** Reads host and port; null when there is no such thing in it. */
export function parsePort(address: string): { host: string; port: number } | null {
  const [, host, digits] = /^tcp:(?:\/\/)?(\[[^\]]+\]|[^/:[\]]+):(\d{1,5})\/?$/i.exec(address) ?? []
  const port = Number(digits)
  if (host === undefined || !(port >= 1 && port <= 65_535)) return null
  return { host: host.replace(/^\[|\]$/g, ''), port }
}
