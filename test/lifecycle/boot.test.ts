import { expect } from 'chai'
import { startFake } from '../helpers/fake-instance.ts'
import { hangs } from '../helpers/fake-process.ts'
import { allOk, type FakeWorld, fails, settingsWith } from '../helpers/fake-world.ts'

const noHooks = { ...allOk, firstboot: null, upgrade: null }
const full = 'cannot write /data/whaleup: no space left on device'

describe('/data', () => {
  const initialised =
    (version: string) =>
    (world: FakeWorld): void => {
      world.data = { kind: 'initialised', version }
    }

  it('that is initialised is not initialised again, and upgrade gets the version that it has', async () => {
    const { world, reach, states } = startFake(allOk, settingsWith({ version: '2' }), initialised('1'))
    await reach('UP')
    expect(states()).to.deep.equal(['BOOT', 'UPGRADING', 'WARMUP', 'UP'])
    const upgrade = world.calls.find(({ name }) => name === 'upgrade')
    expect(upgrade?.env).to.deep.equal({ WW_PREVIOUS_VERSION: '1' })
    expect(world.story).to.include('mark').and.not.to.include('hook firstboot')
    expect(world.lines).to.include('WARMUP: upgrade succeeded (0 ms, 2 from 1)')
  })

  it('is locked for what each hook does to it', async () => {
    const { world, reach } = startFake(allOk)
    await reach('UP')
    expect(world.locks).to.deep.equal(['initialise', 'upgrade'])
  })

  it('of the same version is not marked again, after its upgrade hook', async () => {
    const { world, reach } = startFake(allOk, settingsWith({ version: '1' }), initialised('1'))
    await reach('UP')
    expect(world.story).to.include('hook upgrade').and.not.to.include('mark')
  })

  it('does not lose its version to an image that has none', async () => {
    const { world, reach } = startFake(allOk, settingsWith({ version: '' }), initialised('1'))
    await reach('UP')
    expect(world.story).to.include('hook upgrade').and.not.to.include('mark')
    expect(world.lines).to.include('WARMUP: upgrade succeeded (0 ms)')
  })

  it('is not marked when firstboot fails', async () => {
    const { world, end } = startFake({ ...allOk, firstboot: fails })
    await end()
    expect(world.story).to.include('begin firstboot').and.to.include('unlock').and.not.to.include('mark')
    expect(world.lines).to.include(
      'ERROR: firstboot exited with code 1 (0 ms, /data is not marked as initialised)',
    )
  })

  it('is not marked when upgrade fails', async () => {
    const { world, end } = startFake(
      { ...allOk, upgrade: fails },
      settingsWith({ version: '2' }),
      initialised('1'),
    )
    expect(await end()).to.equal(1)
    expect(world.story).to.include('unlock').and.not.to.include('mark')
  })

  it('that a firstboot left half-made is initialised again, and the hook knows', async () => {
    const { world, reach } = startFake(allOk, settingsWith(), (unkind) => {
      unkind.data = { kind: 'fresh', interrupted: true }
    })
    await reach('hook firstboot')
    expect(world.calls.find(({ name }) => name === 'firstboot')?.env).to.deep.equal({
      WW_FIRSTBOOT_RETRY: '1',
    })
    expect(world.lines.join('\n')).to.contain('warning: firstboot: an earlier one did not finish')
  })

  it('that another instance initialises meanwhile is left as it is', async () => {
    const { world, reach } = startFake(allOk, settingsWith(), (unkind) => {
      unkind.lock = { kind: 'held', for: 1000 }
      void unkind.sleep(500, new AbortController().signal).then(() => initialised('1')(unkind))
    })
    await reach('UP')
    expect(world.story).not.to.include('hook firstboot').and.not.to.include('begin firstboot')
    expect(world.lines).to.include('UPGRADING: another instance has initialised /data')
  })

  it('that a newer version used is refused', async () => {
    const { world, end } = startFake(allOk, settingsWith({ version: '9.1' }), initialised('10.0'))
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason).to.equal(
      'cannot use /data: version 10.0 used it last, this image is 9.1; use the newer image or set ww.allow_downgrade',
    )
    expect(world.story).not.to.include('hook upgrade')
  })

  it('that a newer version used is accepted when a downgrade is allowed', async () => {
    const settings = settingsWith({ version: '9.1', allowDowngrade: true })
    await startFake(allOk, settings, initialised('10.0')).reach('UP')
  })

  const unusable = (world: FakeWorld): void => {
    world.data = { kind: 'unusable', reason: 'cannot write /data: read-only file system' }
  }

  it('that cannot be used ends the boot where a hook needs it, with the reason', async () => {
    const { world, end } = startFake(allOk, settingsWith(), unusable)
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason).to.equal('cannot write /data: read-only file system')
    expect(world.lines.join('\n')).to.contain('(needed by firstboot and upgrade)')
    expect(world.delivered).to.include('ERROR')
  })

  it('that cannot be used does not matter where no hook needs it', async () => {
    const { world, reach } = startFake(noHooks, settingsWith(), unusable)
    await reach('UP')
    expect(world.story).not.to.include('mark').and.not.to.include('lock')
    expect(world.lines).to.include(
      'UPGRADING: no hook needs /data (cannot write /data: read-only file system)',
    )
  })

  it('that becomes unusable before firstboot ends the boot', async () => {
    const { world, end } = startFake({ ...allOk, boot: {} }, settingsWith(), (unkind) => {
      unkind.lock = { kind: 'held', for: 1000 }
      void unkind.sleep(500, new AbortController().signal).then(() => unusable(unkind))
    })
    expect(await end()).to.equal(1)
    expect(world.story).not.to.include('hook firstboot')
  })

  it('that is full ends a boot with a firstboot hook in an announced ERROR, before the hook runs', async () => {
    const { world, end, states } = startFake(allOk, settingsWith(), (unkind) => {
      unkind.diskProblem = full
    })
    expect(await end()).to.equal(1)
    expect(states().at(-1)).to.equal('ERROR')
    expect(world.announcements.at(-1)?.reason).to.equal(full)
    expect(world.story).not.to.include('hook firstboot')
    expect(world.bugs).to.deep.equal([])
  })

  it('that is full after firstboot ends the boot: without its mark it would run again', async () => {
    const { world, end } = startFake({ ...allOk, firstboot: { after: 1000 } }, settingsWith(), (unkind) => {
      void unkind.sleep(500, new AbortController().signal).then(() => {
        unkind.diskProblem = full
      })
    })
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason).to.equal(full)
  })

  it('that is full does not matter where no hook needs it', async () => {
    const { world, reach } = startFake(noHooks, settingsWith(), (unkind) => {
      unkind.diskProblem = full
    })
    await reach('UP')
    expect(world.lines).to.include(`warning: ${full}`)
  })

  for (const version of ['1', '']) {
    it(`that is initialised and read-only boots ${version === '' ? 'an image without a version, and ' : ''}without an upgrade hook`, async () => {
      const { world, reach } = startFake({ ...allOk, upgrade: null }, settingsWith({ version }), (unkind) => {
        initialised('1')(unkind)
        unkind.lock = { kind: 'fails', reason: 'cannot write /data/.ww: read-only file system' }
      })
      await reach('UP')
      expect(world.lines.join('\n')).not.to.contain('read-only')
    })
  }

  it('whose new version cannot be recorded boots without an upgrade hook, with a warning', async () => {
    const { world, reach } = startFake(
      { ...allOk, upgrade: null },
      settingsWith({ version: '2' }),
      (unkind) => {
        initialised('1')(unkind)
        unkind.lock = { kind: 'fails', reason: 'cannot write /data/.ww: read-only file system' }
      },
    )
    await reach('UP')
    expect(world.lines).to.include('warning: cannot write /data/.ww: read-only file system')
  })

  it('whose lock fails ends the boot where the hook needs it', async () => {
    const { world, end } = startFake(allOk, settingsWith(), (unkind) => {
      unkind.lock = { kind: 'fails', reason: 'cannot write /data/.ww: no space left on device' }
    })
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason).to.equal('cannot write /data/.ww: no space left on device')
    expect(world.story).not.to.include('hook firstboot')
  })

  it('that another instance holds is waited for no longer than the hook may take', async () => {
    const settings = settingsWith({ timeouts: { ...settingsWith().timeouts, firstboot: 5000 } })
    const { world, end } = startFake(allOk, settings, (unkind) => {
      unkind.lock = { kind: 'held', for: Number.POSITIVE_INFINITY }
    })
    const began = world.now()
    expect(await end()).to.equal(1)
    expect(world.now() - began).to.be.at.most(5000)
  })

  it('is released when its hook is ended by a stop', async () => {
    const { world, reach, stop } = startFake({ ...allOk, firstboot: hangs })
    await reach('hook firstboot')
    await stop()
    expect(world.story).to.include('unlock').and.not.to.include('mark')
  })
})

describe('WARMUP', () => {
  it('fails when a service ends before it is ready', async () => {
    const serve = { end: 1, after: 10 }
    const { world, end } = startFake({ ...allOk, serve, warmup: hangs })
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason).to.equal('serve exited with code 1 before it was ready')
  })

  it('fails when a service ends while the monitor is still failing', async () => {
    const { world, end } = startFake({ ...allOk, serve: { end: 1, after: 1000 }, monitor: fails })
    const began = world.now()
    expect(await end()).to.equal(1)
    expect(world.now() - began).to.equal(1000)
  })

  it('fails when what it requires does not respond, with nothing started', async () => {
    const { world, end } = startFake(allOk, settingsWith({ requires: ['tcp://db:5432'] }), (unkind) => {
      unkind.missing = 'cannot reach tcp://db:5432'
    })
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason).to.equal('cannot reach tcp://db:5432')
    expect(world.story).not.to.include('hook svcup').and.not.to.include('hook svcdown')
  })
})

describe('a boot after a crash', () => {
  it('says so in its first line and announcement', async () => {
    const { FakeWorld } = await import('../helpers/fake-world.ts')
    const { startLifecycle } = await import('../../ww/lifecycle/lifecycle.ts')
    const { Limits } = await import('../../ww/lifecycle/limits.ts')
    const world = new FakeWorld(allOk)
    const crash = { bootId: 'b', state: 'UP', since: '2026-11-26T06:00:00.000Z', oomKilled: true }
    startLifecycle(world, settingsWith(), new Limits(world, settingsWith()), { about: 'shop', crash })
    await world.clock.runUntil(() => world.story.includes('UP'))
    expect(world.lines[0]).to.equal('BOOT: started after a crash (shop)')
    expect(world.announcements[0]).to.deep.include({ reason: 'started after a crash', crash })
    expect(world.announcements[1]).not.to.have.property('crash')
  })
})
