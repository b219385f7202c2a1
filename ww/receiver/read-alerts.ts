import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { exitCode, UserError } from '../base/errors.ts'
import type { AlertSettings } from './alert-rules.ts'
import { parseAlerts } from './parse-alerts.ts'

/** Reads alert settings from a file of YAML or JSON; throws a UserError that names the file, and the key or line. */
export function readAlerts(file: string): AlertSettings {
  return parseAlerts(readData(file), file)
}

function readData(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const [why] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new UserError(`cannot read the alerts in ${file}: ${why}`, exitCode.configuration)
  }
}
