import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { describeFileError } from '../../ww/config/file-error.ts'

describe('describeFileError', () => {
  const withCode = (code: string) => Object.assign(new Error('details'), { code })
  for (const [code, reason] of [
    ['ENOENT', 'no such file'],
    ['ENOTDIR', 'no such file'],
    ['EACCES', 'permission denied'],
    ['EPERM', 'permission denied'],
    ['EISDIR', 'it is a directory'],
    ['ENOSPC', 'no space left on device'],
    ['EROFS', 'read-only file system'],
    ['ELOOP', 'too many symbolic links'],
    ['EXDEV', 'details'],
  ] as const) {
    it(`describes ${code} as "${reason}"`, () => expect(describeFileError(withCode(code))).to.equal(reason))
  }

  it('describes what the system reports', () => {
    let reported: unknown
    try {
      readFileSync('/no/such/file')
    } catch (error) {
      reported = error
    }
    expect(describeFileError(reported)).to.equal('no such file')
  })

  it('describes what is not an error', () => {
    expect(describeFileError('text')).to.equal('text')
    expect(describeFileError(new Error('plain'))).to.equal('plain')
  })
})
