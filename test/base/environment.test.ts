import { expect } from 'chai'
import { restoreEnvironment } from '../../ww/base/environment.ts'

describe('restoreEnvironment', () => {
  it('restores what the start of the program set aside, and removes what it set', () => {
    const env: NodeJS.ProcessEnv = {
      PATH: '/bin',
      BUN_JSC_useJIT: '0',
      WW_ASIDE_BUN_OPTIONS: '--smol',
      WW_RUN: '/r',
    }
    restoreEnvironment(env)
    expect(env).to.deep.equal({ PATH: '/bin', BUN_OPTIONS: '--smol', WW_RUN: '/r' })
  })

  it('restores a value that the app has for a variable of ours', () => {
    const env: NodeJS.ProcessEnv = { BUN_JSC_useJIT: '0', WW_ASIDE_BUN_JSC_useJIT: '1' }
    restoreEnvironment(env)
    expect(env).to.deep.equal({ BUN_JSC_useJIT: '1' })
  })
})
