import type { Socket } from 'node:net'
import type { Bound } from './bound.ts'
import { parseStatus } from './http-status.ts'
import type { ProbeResult } from './result.ts'
import { watchSocket } from './tcp.ts'

/** A response is read to here at most: a server that never ends one costs neither memory nor time. */
const longestRead = 64 * 1024

/** How long the rest of a response is waited for once its status is known, in milliseconds. */
const restLimit = 50

/**
 * Whether a URL responds with a status of 200 to 299; redirects are not followed. Of HTTP it needs only the first line, so
 * it has no client: in an instance that probes its service every few seconds, for years, that saves 9 MB.
 */
export async function probeUrl(url: URL, bound: Bound): Promise<ProbeResult> {
  return watchSocket(await connectTo(url), bound, (socket, settle) => {
    let head = ''
    let size = 0
    let isKnown = false
    socket.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size >= longestRead) socket.destroy()
      if (isKnown) return
      head += chunk.toString('latin1')
      const status = parseStatus(head)
      if (status === null) return
      isKnown = true
      settle(judge(status), 'linger')
      // a server whose response is cut short may log that as an error
      setTimeout(() => socket.destroy(), restLimit).unref()
    })
    socket.on('end', () => settle({ ok: false, reason: 'connection closed without a response' }))
    socket.write(renderRequest(url))
  })
}

function judge(status: number): ProbeResult {
  if (Number.isNaN(status)) return { ok: false, reason: 'the response is not HTTP' }
  if (status >= 200 && status < 300) return { ok: true, what: `status ${status}` }
  return { ok: false, reason: `status ${status}, not 2xx` }
}

async function connectTo(url: URL): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.protocol === 'http:') {
    const { connect } = await import('node:net')
    return connect({ host, port: Number(url.port || 80) })
  }
  const { connect } = await import('node:tls')
  // an address is no server name
  const isName = !host.includes(':') && !/^[\d.]+$/.test(host)
  return connect({ host, port: Number(url.port || 443), ...(isName ? { servername: host } : {}) })
}

function renderRequest({ pathname, search, host, username, password }: URL): string {
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    'User-Agent: whaleware',
    'Accept: */*',
    ...(user === ':' ? [] : [`Authorization: Basic ${Buffer.from(user).toString('base64')}`]),
    'Connection: close',
    '\r\n',
  ].join('\r\n')
}
