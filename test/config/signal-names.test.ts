import { constants } from 'node:os'
import { expect } from 'chai'
import { signalNames } from '../../ww/config/signal-names.ts'

describe('the names of signals', () => {
  it('are those that the system has', () => {
    expect(signalNames).to.have.members(Object.keys(constants.signals))
  })
})
