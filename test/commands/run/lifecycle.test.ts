import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { bootAt, bootWith, endInstances, makePlace } from '../../helpers/real-instance.ts'

const server = 'exec sleep 1000'

describe('a real lifecycle', () => {
  afterEach(endInstances)

  it('goes from BOOT to UP and, on SIGTERM, to STOPPED and exit code 0', async () => {
    const print = 'echo ${WW_PREVIOUS_STATE:-} $WW_STATE $WW_HOOK'
    const hooks = ['boot', 'firstboot', 'upgrade', 'svcup', 'warmup', 'drain', 'svcdown'].map((name) => [
      name,
      print,
    ])
    const instance = await bootWith({ ...Object.fromEntries(hooks), monitor: 'echo {}' }).reaches('UP')
    expect(await instance.stop()).to.equal(0)
    expect(instance.states()).to.deep.equal(['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP', 'UP', 'STOPPED'])
    expect(instance.stdout.trim().split('\n')).to.deep.equal(
      [
        'BOOT boot',
        'BOOT FIRSTBOOT firstboot',
        'FIRSTBOOT UPGRADING upgrade',
        'UPGRADING WARMUP svcup',
        'UPGRADING WARMUP warmup',
        'UP STOPPING drain',
        'UP STOPPING svcdown',
      ].map((line) => line),
    )
  })

  it('logs one line for each state, with its date, and where the time of the stop went', async () => {
    const hooks = { boot: 'true', serve: server, monitor: 'echo {}' }
    const instance = await bootWith(
      { ...hooks, boot: 'true' },
      { ww: { app: 'shop', version: '4.2' } },
    ).reaches('UP')
    await instance.stop()
    const lines = instance.stderr
      .trim()
      .split('\n')
      .map((line) =>
        line
          .replace(/^ww \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\S+ /, '')
          .replace(/\d[\d.]* (ms|s)\b/g, 'N $1'),
      )
    expect(lines[0]).to.match(/^BOOT: started \(shop 4\.2 on .+, whaleware \d+\.\d+\.\d+\)$/)
    expect(lines.slice(1, 6)).to.deep.equal([
      'FIRSTBOOT: /data is not initialised',
      'UPGRADING: no firstboot hook',
      'WARMUP: no upgrade hook',
      'UP: monitor passed (ready after N ms, 1 service)',
      'STOPPING: SIGTERM (grace period N s)',
    ])
    expect(lines[6]).to.equal('STOPPED: SIGTERM')
    expect(lines[7]).to.match(
      /^exit code 0 after N ms: drain none, services N ms, svcdown none, sweep N ms.*; nothing was killed$/,
    )
  })

  it('warns when there is nothing to run, and of files in usr/ that nothing runs', async () => {
    const instance = await bootWith({ start: server }).reaches('UP')
    expect(instance.stderr).to.contain('warning: ').and.to.contain('serve')
    expect(instance.stderr).to.match(/warning: .*usr\/start/)
  })

  it('does not initialise /data twice', async () => {
    const place = makePlace({ firstboot: 'echo made >> $WW_DATA/made', serve: server })
    await (await bootAt(place).reaches('UP')).stop()
    const again = await bootAt(place).reaches('UP')
    expect(again.states()).to.deep.equal(['BOOT', 'UPGRADING', 'WARMUP', 'UP'])
    expect(readFileSync(join(place.data, 'made'), 'utf8')).to.equal('made\n')
  })

  it('takes the whaleup of the original whaleware, an empty file, for initialised data', async () => {
    const place = makePlace({ firstboot: 'exit 1' })
    writeFileSync(join(place.data, 'whaleup'), '')
    await bootAt(place).reaches('UP')
  })

  it('marks /data with the version, the time and the boot', async () => {
    const instance = await bootWith({}, { ww: { version: '1.2' } }).reaches('UP')
    const mark = JSON.parse(readFileSync(join(instance.place.data, 'whaleup'), 'utf8'))
    expect(mark).to.include({ version: '1.2', bootId: instance.events()[0]?.bootId })
    expect(Date.parse(mark.initialisedAt)).to.be.a('number').and.not.to.be.NaN
  })

  it('gives upgrade the versions that it comes from and goes to', async () => {
    const place = makePlace({ upgrade: 'echo "from $WW_PREVIOUS_VERSION to $WW_VERSION"' })
    await (await bootAt(place, { ww: { version: '1' } }).reaches('UP')).stop()
    const next = bootAt(place, { ww: { version: '2' } })
    await next.says('from 1 to 2')
  })

  it('passes values on from a hook to later ones, but not under whaleware’s own names', async () => {
    const hooks = {
      boot: 'echo "PORT=80 80" >> $WW_ENV; echo WW_STATE=MAD >> $WW_ENV; echo WW_HOME=/tmp >> $WW_ENV',
      svcup: 'echo "$WW_STATE port $PORT home $WW_HOME"',
    }
    const instance = bootWith(hooks)
    await instance.says(`WARMUP port 80 80 home ${instance.place.home}`)
  })

  it('passes the output of hooks and services through unchanged', async () => {
    const instance = await bootWith({ serve: `printf 'a\\tb\\nno end'; printf err >&2; ${server}` }).says(
      'no end',
    )
    expect(instance.stdout).to.equal('a\tb\nno end')
  })

  it('is kept by a relative WW_HOME and WW_RUN', async () => {
    const place = makePlace({ svcup: 'cd /; ww cfg key' })
    const env = { WW_HOME: 'ww', WW_RUN: 'run' }
    const instance = bootAt(place, { key: 'found' }, env, place.root)
    await instance.says('found')
  })
})
