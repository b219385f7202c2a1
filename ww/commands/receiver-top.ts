import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { applyMessage, emptyFleet, type FleetState } from '../receiver/page/fleet-state.ts'
import { readStream } from '../receiver/stream-client.ts'
import { renderTop } from '../receiver/top-text.ts'

/** How long to wait before another attempt, in milliseconds. */
const pause = 1000

/** Draws the fleet of a receiver in the terminal as it changes; once when it is piped, or with --once. */
export async function runTop(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { token: { type: 'string' }, once: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [url = 'http://localhost:7000', ...more] = positionals
  if (!URL.canParse(url) || more.length > 0)
    throw new UserError(`"${positionals.join(' ')}" is no URL such as http://localhost:7000`, exitCode.usage)
  const token = values.token ?? process.env.WW_RECEIVER_READ_TOKEN
  if (values.once || !process.stdout.isTTY) return drawOnce(url, token)
  return drawForever(url, token)
}

async function drawOnce(url: string, token: string | undefined): Promise<number> {
  try {
    for await (const message of readStream(url, token)) {
      draw(applyMessage(emptyFleet, message), false)
      return exitCode.ok
    }
    throw new Error('it said nothing')
  } catch (error) {
    throw new UserError(`cannot read ${url}: ${error instanceof Error ? error.message : error}`)
  }
}

async function drawForever(url: string, token: string | undefined): Promise<never> {
  let fleet: FleetState = emptyFleet
  let trouble = `connecting to ${url}`
  const redraw = (): void => draw(fleet, true, trouble)
  // ages go on by themselves
  setInterval(redraw, 1000)
  process.stdout.on('resize', redraw)
  for (;;) {
    try {
      for await (const message of readStream(url, token)) {
        fleet = applyMessage(fleet, message)
        trouble = ''
        redraw()
      }
      trouble = `${url} has closed the stream; trying again`
    } catch (error) {
      trouble = `cannot read ${url}: ${error instanceof Error ? error.message : error}; trying again`
    }
    redraw()
    await delay(pause)
  }
}

function draw({ instances, apps }: FleetState, live: boolean, trouble = ''): void {
  const { columns = 120, rows = 24 } = process.stdout
  const screen = live
    ? { columns, rows: rows - 2, colour: !process.env.NO_COLOR }
    : { columns: Number.POSITIVE_INFINITY, colour: false }
  const text = renderTop([...instances.values()], apps, Date.now(), screen)
  process.stdout.write(live ? `\u001b[H\u001b[2J${text}${trouble}` : text)
}
