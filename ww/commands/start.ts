import { commandService } from './service.ts'

export const usage = `
Usage: ww start NAME [--timeout DURATION] [--no-wait]
Starts one service that was stopped or has failed, and waits until it is ready.
  --timeout DURATION   how long to wait (default: its limit)
  --no-wait            return when the instance has accepted; always so when called by a hook
Examples:
  ww start exporter
Exit codes: 0 ready, or accepted; 1 not ready, or refused.
`

/** Requests the start of one service. */
export function run(args: string[]): Promise<number> {
  return commandService('start', args)
}
