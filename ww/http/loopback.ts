import { isIPv4 } from 'node:net'

/** Whether a host name or an address is this machine's own, which nobody else reaches. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').replace(/^::ffff:/, '')
  return address === 'localhost' || address === '::1' || (isIPv4(address) && address.startsWith('127.'))
}
