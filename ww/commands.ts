/** What each file in `commands/` exports. */
export type Command = {
  /** The text of `--help`. */
  readonly usage: string
  /** Runs the command with the words after its verb; resolves with the exit code. */
  run(args: string[]): Promise<number>
}

/** A verb of the command line: what it is for, and where its code is, loaded only when it is called. */
export type Verb = { readonly summary: string; load(): Promise<Command> }

/** The verbs that `sh/ww` runs alone. */
export const shellVerbs: Readonly<Record<string, string>> = {
  status: 'state, readiness, reason and the last monitor',
  health: 'exit 0 only when ready, for health checks',
  wait: 'wait until the instance is in a state',
}

/** Every verb that the runtime runs; `status`, `health`, `wait` and `cfg` without `--why` are `sh/ww` alone. */
export const verbs: Readonly<Record<string, Verb>> = {
  cfg: {
    summary: 'print a configuration value; --why: where it comes from',
    load: () => import('./commands/cfg.ts'),
  },
  render: {
    summary: 'fill a template from the configuration',
    load: () => import('./commands/render.ts'),
  },
  probe: {
    summary: 'check a TCP port or a URL',
    load: () => import('./commands/probe.ts'),
  },
  run: {
    summary: 'run the lifecycle of the instance; the ENTRYPOINT of the image',
    load: () => import('./commands/run.ts'),
  },
  events: {
    summary: 'state changes so far; -f follows',
    load: () => import('./commands/events.ts'),
  },
  reload: {
    summary: 'apply a changed configuration',
    load: () => import('./commands/reload.ts'),
  },
  why: {
    summary: 'what it does, waits for, failed at, and what to try',
    load: () => import('./commands/why.ts'),
  },
  restart: {
    summary: 'restart all services, or one',
    load: () => import('./commands/restart.ts'),
  },
  stop: {
    summary: 'stop the instance, or one service',
    load: () => import('./commands/stop.ts'),
  },
  start: {
    summary: 'start one service that was stopped or has failed',
    load: () => import('./commands/start.ts'),
  },
  monitor: {
    summary: 'run the monitor now and print its result',
    load: () => import('./commands/monitor.ts'),
  },
  hook: {
    summary: 'run one hook now',
    load: () => import('./commands/hook.ts'),
  },
  check: {
    summary: 'find mistakes in hooks and configuration without running them',
    load: () => import('./commands/check.ts'),
  },
  init: {
    summary: 'write the skeleton of a new image',
    load: () => import('./commands/init.ts'),
  },
  states: {
    summary: 'serve state machines over HTTP, and wait for their states',
    load: () => import('./commands/states.ts'),
  },
  receiver: {
    summary: 'collect what a fleet reports, and show it',
    load: () => import('./commands/receiver.ts'),
  },
  supervise: {
    summary: 'run a set of targets, check them and restart them',
    load: () => import('./commands/supervise.ts'),
  },
  completion: {
    summary: 'print the completion for a shell',
    load: async () => (await import('./commands/completion.ts')).completionOf(verbs),
  },
}

/** What the program starts by itself; no help lists it. */
export const internalVerbs: ReadonlyMap<string, Verb> = new Map([
  ['log', { summary: 'print the output of services and hooks', load: () => import('./commands/log.ts') }],
])

/** How the overview groups the verbs; those that build an image, and the rest, have a line each. */
export const verbGroups: readonly { readonly title: string; readonly verbs: readonly string[] }[] = [
  { title: 'Show', verbs: ['status', 'why', 'events', 'health', 'wait'] },
  { title: 'Act', verbs: ['restart', 'stop', 'start', 'reload', 'monitor', 'hook'] },
  { title: 'Hooks', verbs: ['cfg', 'render', 'probe'] },
]

/** The verbs that the overview only names. */
export const moreVerbs: readonly string[] = ['run', 'supervise', 'states', 'receiver', 'completion']
