import { openSqliteStore } from './sqlite-store.ts'
import type { FleetStore } from './store.ts'

/** Opens the store that `--db` names: a file of SQLite, or `postgres://…`. Rejects with a UserError when it cannot. */
export async function openStore(db: string, warn: (line: string) => void): Promise<FleetStore> {
  if (!/^postgres(ql)?:\/\//.test(db)) return openSqliteStore(db)
  const { openPostgresStore } = await import('./postgres-store.ts')
  return openPostgresStore(db, warn)
}
