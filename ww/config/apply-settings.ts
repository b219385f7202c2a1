import type { Settings } from './settings.ts'

/** Gives settings in use the values that a reload may change at once; whoever holds them reads them from there. */
export function applySettings(inUse: Settings, next: Settings): void {
  Object.assign(inUse.monitor, next.monitor)
  Object.assign(inUse.timeouts, next.timeouts)
  Object.assign(inUse.restart, next.restart)
}
