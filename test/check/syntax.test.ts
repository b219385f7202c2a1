import { chmodSync, existsSync } from 'node:fs'
import { expect } from 'chai'
import { findSyntaxError } from '../../ww/check/syntax.ts'
import { Place } from '../config/place.ts'

describe('the syntax of a hook', () => {
  let place: Place
  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => place.remove())

  it('is checked by the shell that the hook names', () => {
    const path = place.write('hook', '#!/bin/bash\nlist=(a b)\n')
    expect(findSyntaxError(path, ['/bin/bash'])).to.equal(null)
    expect(findSyntaxError(path, ['/usr/bin/env', 'dash'])).to.include({ line: 2 })
    expect(findSyntaxError(path, [])).to.not.equal(undefined)
  })

  for (const shell of ['/bin/sh', 'dash', 'bash']) {
    it(`is reported with its line by ${shell}`, () => {
      const error = findSyntaxError(place.write('hook', '#!/bin/sh\n\nif true; then\n'), [shell])
      expect(error?.line).to.be.within(3, 4)
      expect(error?.text).to.match(/^syntax error: .*end of file/)
    })
  }

  it('is that of /bin/sh without a #! line', () => {
    expect(findSyntaxError(place.write('hook', 'fi\n'), [])).to.include({ line: 1 })
  })

  it('is not checked for other interpreters, or where the shell is not installed', () => {
    const path = place.write('hook', 'fi\n')
    expect(findSyntaxError(path, ['/usr/bin/python3'])).to.equal(null)
    expect(findSyntaxError(path, ['/no/such/bash'])).to.equal(null)
  })

  it('is checked without running anything of the hook, or of the files that BASH_ENV names', () => {
    const mark = place.at('mark')
    const startup = place.write('startup', `: > ${mark}\n`)
    const path = place.write('hook', `#!/bin/bash\n: > ${mark}\n`)
    chmodSync(path, 0o755)
    process.env.BASH_ENV = startup
    try {
      expect(findSyntaxError(path, ['bash'])).to.equal(null)
    } finally {
      delete process.env.BASH_ENV
    }
    expect(existsSync(mark)).to.equal(false)
  })

  it('is reported for a path with blanks', () => {
    expect(findSyntaxError(place.write('a hook: 7: x', 'fi\n'), ['dash'])?.line).to.equal(1)
  })
})
