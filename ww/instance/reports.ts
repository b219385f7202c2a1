import type { BootRecord } from '../data/boot-record.ts'
import type { World } from '../lifecycle/world.ts'
import { collectGarbageSoon } from './collect-garbage.ts'
import type { EventLog } from './event-log.ts'
import type { StatusFile } from './status-file.ts'
import type { WorldParts } from './world.ts'

/** Where reports of the lifecycle go at once, beside what is sent elsewhere. */
export type ReportPlaces = {
  readonly bootId: string
  readonly status: StatusFile
  readonly events: EventLog
  readonly record: BootRecord
}

/** What the lifecycle reports, as the status file, the event log and the boot record have it. */
export function recordReports({
  bootId,
  status,
  events,
  record,
}: ReportPlaces): Pick<World, 'publishMonitor' | 'publishServices' | 'publishDoing' | 'announceService'> &
  Pick<WorldParts, 'record' | 'publishSchedule' | 'recordSchedule'> {
  return {
    publishMonitor: (report) => status.publishMonitor(report),
    publishServices: (services) => status.show({ services }),
    publishDoing: (doing, failures) => status.show({ doing, failures }),
    announceService: ({ name, ...report }) =>
      events.append({ subject: name, ...report, at: Date.now(), bootId }),
    publishSchedule({ hook, nextAt, last }) {
      const others = status.status.schedules.filter((schedule) => schedule.hook !== hook)
      status.show({ schedules: [...others, { hook, nextAt, last }] })
    },
    recordSchedule: ({ hook, result, ...notice }) =>
      events.append({ subject: hook, state: result, ...notice, bootId }),
    record(announcement) {
      status.announced(announcement)
      events.append({ ...announcement, bootId })
      record.note(announcement.state, announcement.at)
      if (announcement.state === 'UP') collectGarbageSoon()
    },
  }
}
