import { type ServiceSettings, settingsOfService } from '../../ww/config/services-kind.ts'
import type { Settings } from '../../ww/config/settings.ts'
import { settingsWith } from './fake-world.ts'

/** Settings with what these services are given; the rest of each is as by default. */
export function servicesWith(given: Record<string, Partial<ServiceSettings>>): Settings {
  const settings = settingsWith()
  const services = Object.fromEntries(
    Object.entries(given).map(([name, own]) => [name, { ...settingsOfService(settings, name), ...own }]),
  )
  return { ...settings, services } as Settings
}
