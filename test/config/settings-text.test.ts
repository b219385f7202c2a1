import { expect } from 'chai'
import { formatSettings, listSettingPaths } from '../../ww/config/settings-text.ts'

describe('the table of settings in the README', () => {
  const lines = formatSettings().split('\n')

  it('has a row for each, with its default as a user writes it', () => {
    expect(lines.slice(0, 2)).to.deep.equal(['| setting | default | description |', '| --- | --- | --- |'])
    expect(lines).to.include('| `ww.timeouts.boot` | `5m` | time limit of the hook `boot` |')
    expect(lines).to.include(
      '| `ww.restart.limit` | `5` | restarts allowed per window; one more leads to ERROR |',
    )
    expect(lines).to.include('| `ww.version` | `""` | version of the image, for `upgrade` (or WW_VERSION) |')
    expect(lines).to.include('| `ww.labels` | `{}` | sent with every event |')
    expect(lines).to.include('| `ww.notify.token` |  | bearer token sent with events |')
    expect(lines).to.include('| `ww.services.NAME.env` | `{}` | variables added to its environment |')
    expect(lines.at(-1)).to.equal('')
  })

  it('leaves out what has no effect', () => {
    expect(lines.join()).to.not.contain('ww.restart.warmup')
  })
})

describe('the key paths of settings', () => {
  it('are those of all settings and sections, each once', () => {
    const paths = listSettingPaths()
    expect(paths).to.include.members(['ww', 'ww.stop', 'ww.stop.grace', 'ww.kill_after', 'ww.timeouts.boot'])
    expect(new Set(paths).size).to.equal(paths.length)
    expect(paths).to.not.include('ww.restart.warmup')
    expect(paths).to.include.members(['ww.services', 'ww.services.serve', 'ww.services.serve.after'])
    expect(paths.join()).to.not.contain('NAME')
  })
})
