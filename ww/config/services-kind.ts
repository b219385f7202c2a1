import { environment } from './environment-kind.ts'
import type { Section } from './section.ts'
import { absolutePath, keyPaths, niceness, readyProbe, serviceNames, user } from './service-setting-kinds.ts'
import { flag, oneOf, signal } from './setting-kinds.ts'
import type { Settings } from './settings.ts'

/** How it is known that a service is ready: by its own message, or by an address that responds. */
export type ReadyProbe = 'notify' | { readonly address: string }

/** The settings of one service, with defaults. */
export type ServiceSettings = {
  readonly essential: boolean
  /** A name, `uid` or `uid:gid`; null: the user of the instance. */
  readonly user: string | null
  readonly cwd: string | null
  readonly env: Readonly<Record<string, string>>
  readonly signal: NodeJS.Signals
  readonly after: readonly string[]
  /** Null: it is ready as soon as it runs. */
  readonly ready: ReadyProbe | null
  readonly uses: readonly string[]
  readonly onExit: 'restart' | 'stop'
  readonly nice: number
}

/** The settings of one service as they are configured; what has no fixed default is null where it is not given. */
export type GivenService = Omit<ServiceSettings, 'essential' | 'signal'> & {
  readonly essential: boolean | null
  readonly signal: NodeJS.Signals | null
}

/** The settings of each service that has any, by the name of its hook. */
export function readServices(ww: Section): Record<string, GivenService> {
  return ww.each('services', serviceNames, readService)
}

/** The settings of a service, with defaults: those of its name where none are configured. */
export function settingsOfService(
  { services, serve }: Pick<Settings, 'services' | 'serve'>,
  name: string,
): ServiceSettings {
  const given = Object.hasOwn(services, name) ? services[name] : undefined
  const isMain = name === 'serve'
  return {
    ...(given ?? unset),
    essential: given?.essential ?? isMain,
    signal: given?.signal ?? (isMain ? serve.signal : 'SIGTERM'),
  }
}

const unset = {
  user: null,
  cwd: null,
  env: {},
  after: [],
  ready: null,
  uses: [],
  onExit: 'restart',
  nice: 0,
} as const

function readService(service: Section): GivenService {
  return {
    essential: service.optional(
      'essential',
      flag,
      'its end restarts the instance, and readiness needs it; default: true for `serve`, otherwise false',
    ),
    user: service.optional(
      'user',
      user,
      'whom it runs as: a name, `uid` or `uid:gid`; that user can read the whole configuration (`ww cfg`); default: as the instance',
    ),
    cwd: service.optional('cwd', absolutePath, 'its working directory; default: that of the container'),
    env: service.setting('env', environment, {}, 'variables added to its environment'),
    signal: service.optional('signal', signal, 'signal that stops it; default: SIGTERM'),
    after: service.setting(
      'after',
      serviceNames.list,
      [],
      'services that must be ready, and `oneshot-NAME` hooks that must be done, before it starts',
    ),
    ready: service.optional(
      'ready',
      readyProbe,
      'when it is ready: `notify` (sd_notify), `tcp:5432`, `tcp://host:port`, `http://…`, `exec:command`; default: at once',
    ),
    uses: service.setting(
      'uses',
      keyPaths,
      [],
      'key paths of the configuration: without a `reload` hook, their change restarts it',
    ),
    onExit: service.setting(
      'on_exit',
      oneOf(['restart', 'stop']),
      'restart',
      '`stop`: exit code 0 means that its work is done, and is no failure',
    ),
    nice: service.setting(
      'nice',
      niceness,
      0,
      'added to the niceness of the instance: from -20 (more CPU time) to 19 (less)',
    ),
  }
}
