import { timingSafeEqual } from 'node:crypto'
import { isLoopback } from './loopback.ts'
import type { HttpRequest } from './route.ts'

/** Whether a request comes from this machine, or carries the token; without a token only this machine may. */
export function isLocalOrBearer(
  { address, headers }: Pick<HttpRequest, 'address' | 'headers'>,
  token: string | undefined,
): boolean {
  // a unix socket has no address
  if (address === '' || isLoopback(address)) return true
  const given = Buffer.from(headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return token !== undefined && given.length === wanted.length && timingSafeEqual(given, wanted)
}
