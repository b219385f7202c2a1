import { SqliteStore } from './sqlite-store.ts'
import type { FleetStore } from './store.ts'

/** Opens the store that `--db` names: a file of SQLite. Rejects with a UserError when it cannot be used. */
export async function openStore(db: string): Promise<FleetStore> {
  return new SqliteStore(db)
}
