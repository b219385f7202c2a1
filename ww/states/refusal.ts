import { answerError, type HttpAnswer } from '../http/route.ts'
import type { Refusal, Update } from './decide.ts'
import type { MachineRecord } from './record.ts'

/** Says in words why an update was refused. */
export function tellRefusal(refusal: Refusal, { state, chart }: MachineRecord, update: Update): string {
  switch (refusal) {
    case 'ended':
      return `the machine has ended in ${state}`
    case 'timed':
      return `${state} moves by its clock`
    case 'not-current':
      return `${update.state} is not current: ${state} is`
    case 'no-event':
      return 'say with event= what happened: this machine moves by events'
    case 'unknown-event': {
      const answers = chart.kind === 'chart' ? Object.keys(chart.chart.states[state] ?? {}).join(', ') : ''
      return `${state} answers no event "${update.event}"; it answers: ${answers}`
    }
    case 'linear':
      return 'this machine counts and takes no events: PUT its state'
    case 'other-revision':
      return 'the machine has changed since then: ask for it again'
  }
}

/** There is no machine of this name. */
export function answerNoMachine(name: string): HttpAnswer {
  return answerError(404, 'not-found', `there is no machine "${name}"`)
}

/** The machine's revision as its ETag. */
export function headersOf({ revision }: Pick<MachineRecord, 'revision'>): Record<string, string> {
  return { etag: `"${revision}"` }
}
