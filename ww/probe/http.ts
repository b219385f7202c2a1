import { codeOf, explainCode, type ProbeResult, probeLimit } from './result.ts'

/** Whether a URL responds with a status of 200 to 299. */
export async function probeUrl(url: string, signal: AbortSignal): Promise<ProbeResult> {
  const { got } = await import('../http/client.ts')
  try {
    const { ok, statusCode } = await got(url, {
      signal,
      retry: { limit: 0 },
      timeout: { request: probeLimit },
      throwHttpErrors: false,
    })
    return ok && statusCode < 300 ? { ok: true } : { ok: false, reason: `status ${statusCode}` }
  } catch (error) {
    return { ok: false, reason: explainCode(codeOf(error)) }
  }
}
