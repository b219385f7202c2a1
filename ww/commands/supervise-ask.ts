import { setTimeout as delay } from 'node:timers/promises'
import { exitCode, UserError } from '../base/errors.ts'
import { readTree } from '../supervisor/supervised-tree.ts'
import { readStats, stopSupervisor, waitUntilAllRun } from '../supervisor/supervisor-client.ts'
import { renderTree } from '../supervisor/tree-text.ts'

/** What to ask of a supervisor. */
type Question = { readonly watch: boolean; readonly wait: boolean; readonly monitor: boolean }

/** Asks a running supervisor: to be drawn, waited for, told as stats, or else to stop. */
export async function askSupervisor(
  { watch, wait, monitor }: Question,
  [url = 'http://localhost:7070', ...more]: readonly string[],
  token: string | undefined,
): Promise<number> {
  if (!URL.canParse(url) || more.length > 0)
    throw new UserError(
      `"${[url, ...more].join(' ')}" is no URL such as http://localhost:7070`,
      exitCode.usage,
    )
  if (watch) return drawTree(url)
  if (wait) {
    await waitUntilAllRun(url, (line) => process.stderr.write(`ww supervise: ${line}\n`))
    return exitCode.ok
  }
  if (monitor) {
    const { stats, beyondRepair } = await readStats(url)
    process.stdout.write(`${JSON.stringify(stats)}\n`)
    if (beyondRepair === null) return exitCode.ok
    throw new UserError(beyondRepair)
  }
  await stopSupervisor(url, token)
  return exitCode.ok
}

/** Draws the tree anew every second on a terminal; once when it is piped. */
async function drawTree(url: string): Promise<number> {
  if (!URL.canParse(url))
    throw new UserError(`"${url}" is no URL such as http://localhost:7070`, exitCode.usage)
  const { isTTY } = process.stdout
  for (;;) {
    const tree = await readTree(url)
    const text = renderTree(tree, Date.now(), isTTY && !process.env.NO_COLOR)
    process.stdout.write(isTTY ? `\u001b[H\u001b[2J${text}` : text)
    if (!isTTY) return tree.state === 'DOWN' ? exitCode.failed : exitCode.ok
    await delay(1000)
  }
}
