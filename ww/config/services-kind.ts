import type { Settings } from './settings.ts'
export type ReadyProbe = 'notify' | { readonly address: string }
export type ServiceSettings = {
  readonly essential: boolean
  readonly user: string | null
  readonly cwd: string | null
  readonly env: Readonly<Record<string, string>>
  readonly signal: NodeJS.Signals
  readonly after: readonly string[]
  readonly ready: ReadyProbe | null
  readonly uses: readonly string[]
  readonly onExit: 'restart' | 'stop'
  readonly nice: number
}
export function settingsOfService(settings: Pick<Settings, 'serve'>, name: string): ServiceSettings {
  const given =
    (settings as unknown as { services?: Record<string, Partial<ServiceSettings>> }).services?.[name] ?? {}
  return {
    essential: name === 'serve',
    user: null,
    cwd: null,
    env: {},
    signal: settings.serve.signal,
    after: [],
    ready: null,
    uses: [],
    onExit: 'restart',
    nice: 0,
    ...given,
  }
}
