import { exitCode, UserError } from '../base/errors.ts'
import { describeListenError } from '../http/listen.ts'
import { isLoopback } from '../http/loopback.ts'
import { serveRoutes } from '../http/server.ts'
import { Drain } from './drain.ts'
import { listRoutes } from './routes.ts'
import { startService } from './service.ts'
import type { StateStore } from './store.ts'
import { Tokens } from './tokens.ts'

export { openStore } from './open-store.ts'
export { readTokens } from './tokens.ts'

/** The longest chart taken by POST, in bytes. */
const bodyLimit = 1 << 20

/** Where to serve, and who may change machines, by name. */
export type StatesOptions = {
  readonly host: string
  readonly port: number
  readonly tokens: ReadonlyMap<string, string>
  readonly warn: (line: string) => void
}

/** A running service. */
export type StatesServer = {
  readonly url: string
  /** Answers the changes that are under way, ends every connection, and lets go of the store. */
  close(): Promise<void>
}

/** Refuses to let everybody on the network change machines. */
export function checkExposure(host: string, tokens: ReadonlyMap<string, string>): void {
  if (tokens.size > 0 || isLoopback(host)) return
  throw new UserError(
    `cannot serve at ${host}, which others can reach, without a token: give --token NAME=TOKEN, --token-file or WW_STATES_TOKENS`,
    exitCode.configuration,
  )
}

/** Serves the machines of a store, which is closed with the server. */
export async function serveStates(store: StateStore, options: StatesOptions): Promise<StatesServer> {
  const { host, port, warn } = options
  const service = await startService(store, new Tokens(options.tokens), warn)
  const drain = new Drain()
  try {
    const server = await serveRoutes(listRoutes(service, drain, warn), {
      listen: { host, port },
      bodyLimit,
      warn,
    })
    return {
      url: `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`,
      async close() {
        await drain.stop()
        await server.close()
        await service.close()
      },
    }
  } catch (error) {
    await service.close()
    throw new UserError(`cannot serve at ${host}:${port}: ${describeListenError(error)}`, exitCode.failed, {
      cause: error,
    })
  }
}
