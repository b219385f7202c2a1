import { expect } from 'chai'
import { beginAll } from './begin-all.ts'
import { ignoreSignals, startMounted } from './mounted-hooks.ts'
import type { ServerContainer } from './server-container.ts'
import { makeVolume, removeServers } from './server-images.ts'

/** A state of an instance in which nothing obeys SIGTERM. */
type Case = {
  readonly name: string
  readonly hooks: Readonly<Record<string, string>>
  readonly cfg?: object
  /** Brings the container from UP to the state. */
  readonly leaveUp?: (container: ServerContainer) => Promise<unknown>
  /** What it has printed when it is there. */
  readonly there: RegExp
  /** Whether another container has the lock on /data. */
  readonly locked?: boolean
  readonly code?: number
}

const daemon = `setsid sh -c "trap '' TERM; exec sleep 1000" >/dev/null 2>&1 &`
const serve = `echo $$ >/tmp/serve.pid; ${ignoreSignals('serve')}`
const reluctant = `trap 'echo serve got SIGTERM' TERM; while :; do sleep 0.1; done`
const crash = (container: ServerContainer): Promise<unknown> =>
  container.sh('kill -9 "$(cat /tmp/serve.pid)"')

/** The first monitor succeeds; everything else, and every further one, ignores SIGTERM. */
const everything: Readonly<Record<string, string>> = {
  lifecycle: `echo "announced $1"; ${ignoreSignals('lifecycle')}`,
  pushstats: ignoreSignals('pushstats'),
  svcup: daemon,
  serve,
  monitor: `[ ! -e /tmp/monitored ] || { exec >&2; ${ignoreSignals('monitor')}; }; touch /tmp/monitored; echo '{"n":1}'`,
  drain: ignoreSignals('drain'),
  svcdown: ignoreSignals('svcdown'),
}
const healthy = { monitor: `echo '{"n":1}'` }
const short = { svcdown: '1s', drain: '1s' }

const cases: readonly Case[] = [
  { name: 'BOOT', hooks: { boot: ignoreSignals('boot') }, there: /boot ignores/ },
  { name: 'FIRSTBOOT', hooks: { firstboot: ignoreSignals('firstboot') }, there: /firstboot ignores/ },
  {
    name: 'FIRSTBOOT, waiting for the lock on /data,',
    hooks: { firstboot: ignoreSignals('firstboot') },
    there: /waiting for /,
    locked: true,
  },
  { name: 'UPGRADING', hooks: { upgrade: ignoreSignals('upgrade') }, there: /upgrade ignores/ },
  {
    name: 'WARMUP, waiting for what the services require,',
    hooks: {},
    cfg: { requires: ['tcp://127.0.0.1:1', `exec:trap '' TERM; sleep 1000`] },
    there: /waiting for tcp:/,
  },
  { name: 'WARMUP, in svcup,', hooks: { svcup: ignoreSignals('svcup') }, there: /svcup ignores/ },
  { name: 'WARMUP', hooks: { warmup: ignoreSignals('warmup') }, there: /warmup ignores/ },
  { name: 'UP', hooks: {}, cfg: { monitor: { every: '1s' } }, there: /monitor ignores/ },
  {
    name: 'RESTARTING, stopping serve,',
    hooks: { ...healthy, serve: reluctant },
    cfg: { timeouts: { drain: '1s' } },
    leaveUp: (container) => container.kill('HUP'),
    there: /serve got SIGTERM/,
  },
  {
    name: 'RESTARTING, in svcdown,',
    hooks: healthy,
    leaveUp: crash,
    there: /svcdown ignores/,
  },
  {
    name: 'RESTARTING, in svcup,',
    hooks: {
      ...healthy,
      svcup: `[ "$WW_STATE" != RESTARTING ] || { ${ignoreSignals('svcup')}; }; ${daemon}`,
    },
    cfg: { timeouts: short },
    leaveUp: crash,
    there: /svcup ignores/,
  },
  {
    name: 'RESTARTING, in back-off,',
    hooks: { ...healthy, serve: `[ "$WW_STATE" != RESTARTING ] || exit 3; ${serve}`, warmup: 'sleep 1' },
    cfg: { timeouts: short, restart: { backoff: '1m' } },
    leaveUp: crash,
    there: /next start in/,
  },
  {
    name: 'FAILING, stopping serve,',
    hooks: { warmup: 'exit 1', serve: reluctant },
    there: /serve got SIGTERM/,
    code: 1,
  },
  {
    name: 'FAILING, in svcdown,',
    hooks: { warmup: 'exit 1', serve: 'exec sleep 1000' },
    there: /svcdown ignores/,
    code: 1,
  },
  { name: 'ERROR', hooks: { boot: 'exit 1' }, there: / ERROR: /, code: 1 },
  {
    name: 'HELD',
    hooks: { warmup: 'exit 1' },
    cfg: { on_error: 'hold', timeouts: short },
    there: / held for inspection/,
    code: 1,
  },
]

/** Starts an instance in which nothing obeys, and waits until it is in the state. */
async function reach({ hooks, cfg = {}, leaveUp, there, locked = false }: Case, more: object = {}) {
  const options: string[] = []
  if (locked) {
    options.push('-v', `${await makeVolume()}:/data`)
    const other = await startMounted({ firstboot: ignoreSignals('firstboot') }, { options })
    await other.printed(/firstboot ignores/)
  }
  const all = { ...everything, ...hooks }
  const container = await startMounted(all, { cfg: { ww: { ...cfg, ...more } }, options })
  if (leaveUp) {
    await container.printed(/ UP: /)
    await leaveUp(container)
  }
  await container.printed(there)
  return container
}

/** The last line of whaleware's own in a log. */
function lastLine(log: string): string {
  return log.match(/^ww .*$/gm)?.at(-1) ?? ''
}

describe('docker stop, when everything ignores SIGTERM', () => {
  let stopped: (one: Case) => Promise<{ code: string; log: string }>
  before(() => {
    stopped = beginAll(cases, 6, async (one) => {
      const container = await reach(one)
      const code = await container.stop()
      return { code, log: await container.logs() }
    })
  })
  after(removeServers)

  for (const one of cases) {
    const { name, code: expected = 0 } = one
    const last = expected === 0 ? 'STOPPED' : 'ERROR'
    it(`in ${name} ends with exit code ${expected} within the grace period, and ${last} is announced`, async () => {
      const { code, log } = await stopped(one)
      expect(code, log).to.equal(String(expected))
      expect(log).to.match(expected === 0 ? / STOPPED: SIGTERM\n/ : / ERROR: /)
      expect(log).to.contain(`announced ${last}\n`)
      expect(lastLine(log)).to.match(new RegExp(` exit code ${expected} after \\d`))
    })
  }
})

/** Those in which a stop takes a while. */
const stoppable = cases.filter(({ name }) => name !== 'ERROR' && name !== 'HELD')

describe('a second SIGTERM, when everything ignores the first', () => {
  const generous = { stop: { grace: '60s' } }
  let stopped: (one: Case) => Promise<{ code: number; log: string }>
  before(() => {
    stopped = beginAll(stoppable, 6, async (one) => {
      const container = await reach(one, generous)
      await container.kill('TERM')
      await container.printed(/ STOPPING: /)
      await container.kill('TERM')
      const code = await container.exitCode()
      return { code, log: await container.logs() }
    })
  })
  after(removeServers)

  for (const one of stoppable) {
    const { name, code: expected = 0 } = one
    it(`in ${name} ends it with exit code ${expected} long before the grace period is over`, async () => {
      const { code, log } = await stopped(one)
      expect(code, log).to.equal(expected)
      expect(log).to.match(/ STOPPING: SIGTERM again, forced\n/)
      expect(log).to.match(expected === 0 ? / STOPPED: SIGTERM(, forced)?\n/ : / ERROR: /)
      const [, spent = '', unit] = / exit code \d after ([\d.]+) (ms|s)[: ;]/.exec(lastLine(log)) ?? []
      expect(unit, lastLine(log)).to.be.oneOf(['ms', 's'])
      if (unit === 's') expect(Number(spent)).to.be.below(20)
    })
  }
})
