import { expect } from 'chai'
import { isUserError, UserError } from '../../ww/base/errors.ts'
import { ConfigurationError, isConfigurationError } from '../../ww/config/configuration-error.ts'

describe('a ConfigurationError', () => {
  const problems = [
    { source: 'CFG', keyPath: 'a', problem: 'is bad' },
    { keyPath: '', problem: 'is worse', fix: 'stop' },
  ]
  const error = new ConfigurationError(problems)

  it('has one line for each problem, and exit code 78', () => {
    expect(error.message).to.equal('CFG: a: is bad\nis worse; stop')
    expect(error).to.include({ exitCode: 78, problems })
  })

  it('is an error for the operator, and is known as one by its shape', () => {
    expect(isUserError(error)).to.equal(true)
    expect(isConfigurationError(error)).to.equal(true)
    expect(isConfigurationError(new UserError('x'))).to.equal(false)
    expect(isConfigurationError(Object.assign(new Error('x'), { problems: [] }))).to.equal(false)
  })
})
