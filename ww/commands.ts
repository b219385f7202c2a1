/** What each file in `commands/` exports. */
export type Command = {
  /** The text of `--help`. */
  readonly usage: string
  /** Runs the command with the words after its verb; resolves with the exit code. */
  run(args: string[]): Promise<number>
}

/** A verb of the command line: what it is for, and where its code is, loaded only when it is called. */
export type Verb = { readonly summary: string; load(): Promise<Command> }

/** The verbs that `sh/ww` answers alone, for the overview. */
export const shellVerbs: Readonly<Record<string, string>> = {
  status: 'tell the state, since when and why, and the last stats',
  health: 'exit 0 only in UP, for health checks',
  wait: 'wait until the instance is in a state',
}

/** Every verb that the runtime answers; `status`, `health`, `wait` and `cfg` are answered by `sh/ww` alone. */
export const verbs: Readonly<Record<string, Verb>> = {
  cfg: {
    summary: 'print a value of the configuration; --why tells where it comes from',
    load: () => import('./commands/cfg.ts'),
  },
  render: { summary: 'fill a template with the configuration', load: () => import('./commands/render.ts') },
  run: {
    summary: 'take the server through its life; the image’s ENTRYPOINT',
    load: () => import('./commands/run.ts'),
  },
  events: {
    summary: 'print the states that were announced; -f follows',
    load: () => import('./commands/events.ts'),
  },
  restart: {
    summary: 'restart the services',
    load: () => import('./commands/restart.ts'),
  },
  stop: {
    summary: 'stop the instance',
    load: () => import('./commands/stop.ts'),
  },
  monitor: {
    summary: 'run the monitor now and print what it says',
    load: () => import('./commands/monitor.ts'),
  },
  check: {
    summary: 'find mistakes in hooks and configuration without running them',
    load: () => import('./commands/check.ts'),
  },
  init: {
    summary: 'write a skeleton for a new image',
    load: () => import('./commands/init.ts'),
  },
  states: {
    summary: 'serve state machines over HTTP; wait for a state, or say that it is done',
    load: () => import('./commands/states.ts'),
  },
  receiver: {
    summary: 'take what a fleet reports, keep it and show it',
    load: () => import('./commands/receiver.ts'),
  },
  supervise: {
    summary: 'keep a set of targets running: ping, start, kill',
    load: () => import('./commands/supervise.ts'),
  },
  completion: {
    summary: 'print the completion for a shell',
    load: async () => (await import('./commands/completion.ts')).completionOf(verbs),
  },
}
