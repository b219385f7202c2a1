import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileStore } from '../../ww/states/file-store.ts'
import { describeStateStore } from './store-conformance.ts'

describeStateStore('a directory of files', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ww-states-'))
  const store = await FileStore.open({ directory })
  let open: FileStore | null = store
  return {
    store,
    another: async () => {
      await open?.close()
      open = await FileStore.open({ directory })
      return open
    },
    close: async () => {
      await open?.close()
      rmSync(directory, { recursive: true })
    },
  }
})
