import { chmodSync, chownSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { expect } from 'chai'
import { replaceRendered } from '../../ww/config/replace-rendered.ts'
import { Place } from './place.ts'

describe('replacing a rendered file', () => {
  let place: Place
  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => place.remove())
  const mode = (name: string): number => statSync(place.at(name)).mode & 0o7777

  it('gives a new file the mode, whatever the umask, without special bits', () => {
    replaceRendered(place.at('out'), 'new', 0o104662)
    expect(readFileSync(place.at('out'), 'utf8')).to.equal('new')
    expect(mode('out')).to.equal(0o662)
  })

  it('preserves the mode and the owner of an old one, and replaces it in one step', () => {
    chmodSync(place.write('out', 'old'), 0o640)
    if (process.getuid?.() === 0) chownSync(place.at('out'), 12345, 54321)
    const { ino, uid, gid } = statSync(place.at('out'))
    replaceRendered(place.at('out'), 'new', 0o777)
    expect(readFileSync(place.at('out'), 'utf8')).to.equal('new')
    expect(statSync(place.at('out'))).to.include({ uid, gid })
    expect(statSync(place.at('out')).ino).to.not.equal(ino)
    expect(mode('out')).to.equal(0o640)
  })

  it('writes through a link, which remains one', () => {
    symlinkSync(place.write('real', 'old'), place.at('out'))
    replaceRendered(place.at('out'), 'new', 0o600)
    expect(lstatSync(place.at('out')).isSymbolicLink()).to.equal(true)
    expect(readFileSync(place.at('real'), 'utf8')).to.equal('new')
  })

  it('leaves nothing else behind, also when it fails', () => {
    replaceRendered(place.at('out'), 'new', 0o600)
    place.write('directory/file', '')
    expect(() => replaceRendered(place.at('directory'), 'new', 0o600)).to.throw('EISDIR')
    expect(readdirSync(place.root)).to.have.members(['out', 'directory'])
  })

  it('ignores what somebody else has prepared for a name that could be guessed', () => {
    const prepared = place.write('victim', 'untouched')
    symlinkSync(prepared, place.at(`out.${process.pid}.tmp`))
    replaceRendered(place.at('out'), 'new', 0o600)
    expect(readFileSync(prepared, 'utf8')).to.equal('untouched')
  })
})
