import { type ChildProcess, spawn } from 'node:child_process'
import { type Beginner, type Begun, type Exit, failed } from './begin.ts'

/** Node's own spawn, and execa for input: it handles the closed pipe of a process that doesn't read. */
export const beginner: Beginner = {
  begin(file, args, { stdout, stderr, ...rest }) {
    try {
      return describe(spawn(file, args, { ...rest, stdio: ['ignore', stdout, stderr], detached: true }))
    } catch (error) {
      // some failures are thrown, such as E2BIG, and the others are reported as an event
      return failed(error)
    }
  },
  async beginWithInput(file, args, { input, stdout, stderr, ...rest }) {
    const { execa } = await import('execa')
    const running = execa(file, args, {
      ...rest,
      input,
      // execa accepts any descriptor, but its types know only those below ten
      stdout: stdout as 'inherit',
      stderr: stderr as 'inherit',
      extendEnv: false,
      detached: true,
      reject: false,
      cleanup: false,
      buffer: false,
    })
    // its own promise would wait for a daemon that holds the input open, so that is used only for failures
    if (running.pid === undefined) return failed((await running).cause)
    return describe(running.nodeChildProcess)
  },
}

function describe(child: ChildProcess): Begun {
  const ended = new Promise<Exit | { failure: string }>((resolve) => {
    child.once('error', (error) => void failed(error).ended.then(resolve))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const begun = { pid: child.pid ?? null, ended }
  return child.stdout ? { ...begun, output: child.stdout } : begun
}
