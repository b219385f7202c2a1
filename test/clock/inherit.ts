/**
 * Gives the moved clock and the time zone to every process that the tests start, also to one with an environment of its
 * own: an instance on the real date beside a test on the moved one would find nothing but their difference.
 */
import childProcess from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const moved = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(FAKETIME.*|LD_PRELOAD|TZ)$/.test(name)),
)
const [semaphore] = moved.FAKETIME_SHARED?.split(' ') ?? []
if (semaphore === undefined) throw new Error('the date is not moved: use `npm run test:clock`')

// Each process that starts takes this semaphore for a moment, and one that is killed meanwhile leaves it taken, so that
// no other would ever start. What it protects is not used here: with this value, its first word, nobody waits for it.
const file = openSync(`/dev/shm/sem.${semaphore.slice(1)}`, 'r+')
writeSync(file, Uint32Array.of(2 ** 30), 0, 4, 0)
closeSync(file)

function withClock(argument: unknown): unknown {
  if (typeof argument !== 'object' || argument === null || !('env' in argument)) return argument
  return { ...argument, env: { ...moved, ...(argument.env ?? process.env) } }
}

function giving<Start extends (...args: never[]) => unknown>(start: Start): Start {
  const apply = (_: Start, self: unknown, args: unknown[]) => Reflect.apply(start, self, args.map(withClock))
  return new Proxy(start, { apply })
}
childProcess.spawn = giving(childProcess.spawn)
childProcess.spawnSync = giving(childProcess.spawnSync)
syncBuiltinESMExports()
