import { expect } from 'chai'
import { exitCode, isUserError, UserError } from '../../ww/base/errors.ts'

describe('an error for the operator', () => {
  it('has a sentence, an exit code and its cause', () => {
    const cause = new Error('x')
    const error = new UserError('cannot read a: no such file; create it', exitCode.configuration, { cause })
    expect(error).to.include({ exitCode: 78, cause, message: 'cannot read a: no such file; create it' })
    expect(new UserError('x').exitCode).to.equal(exitCode.failed)
  })

  it('is known by its name, since each part of the program may have its own class', () => {
    expect(isUserError(new UserError('x'))).to.equal(true)
    expect(isUserError(Object.assign(new Error('x'), { name: 'UserError' }))).to.equal(true)
    expect(isUserError(new Error('x'))).to.equal(false)
    expect(isUserError({ name: 'UserError' })).to.equal(false)
  })
})

describe('the exit codes', () => {
  it('are those that the documentation promises', () => {
    expect(exitCode).to.deep.equal({ ok: 0, failed: 1, usage: 2, configuration: 78 })
  })
})
