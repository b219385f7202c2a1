/** What each file in `commands/` exports. */
export type Command = {
  /** The text of `--help`. */
  readonly usage: string
  /** Runs the command with the words after its verb; resolves with the exit code. */
  run(args: string[]): Promise<number>
}

/** A verb of the command line: what it is for, and where its code is, loaded only when it is called. */
export type Verb = { readonly summary: string; load(): Promise<Command> }

/** Every verb that the runtime answers; `status`, `health`, `wait` and `cfg` are answered by `sh/ww` alone. */
export const verbs: Readonly<Record<string, Verb>> = {
  cfg: {
    summary: 'tell where a configuration value comes from (--why)',
    load: () => import('./commands/cfg.ts'),
  },
  render: { summary: 'fill a template with the configuration', load: () => import('./commands/render.ts') },
  run: {
    summary: 'take the server through its life; the image’s ENTRYPOINT',
    load: () => import('./commands/run.ts'),
  },
}
