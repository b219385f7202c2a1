/** The names under which `sh/start` sets aside what an app configures its own runtime with. */
const aside = 'WW_ASIDE_'

/** What `sh/start` sets for whaleware's own runtime. */
const ours = ['BUN_JSC_useJIT', 'BUN_JSC_useConcurrentGC', 'BUN_GC_TIMER_INTERVAL']

/** Makes an environment that `sh/start` prepared what the container's is again, for everything that is run with it. */
export function restoreEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of ours) delete env[name]
  for (const name of Object.keys(env)) {
    if (!name.startsWith(aside)) continue
    env[name.slice(aside.length)] = env[name]
    delete env[name]
  }
}
