import type { DocumentedRoute } from '../http/documented-route.ts'
import { answerError, type HttpAnswer, type HttpRequest } from '../http/route.ts'
import { groupAlerts } from './alert-groups.ts'
import { linkTo } from './alert-message.ts'
import type { AlertWatch } from './alert-watch.ts'
import type { Alert } from './alerts.ts'
import { isMuted, type Mute } from './mutes.ts'
import type { ReceiverService } from './service.ts'
import { guardRoute } from './token-guard.ts'

const json = 'application/json'

/** What people read of alerts, and how they mute them. */
export function listAlertRoutes(
  service: Pick<ReceiverService, 'alerts' | 'fleet' | 'keys' | 'counters'>,
): DocumentedRoute[] {
  const { alerts, fleet, keys, counters } = service
  const reading = (request: HttpRequest): boolean => keys.mayRead(request)
  const operating = (request: HttpRequest): boolean => keys.mayOperate(request)
  const list: DocumentedRoute = {
    method: 'GET',
    path: '/v1/alerts',
    summary: 'What fires, or was resolved within the hour; what fires grouped by cause; and the mutes.',
    answers: { 200: ['The alerts.', json] },
    handler: () => ({ status: 200, json: showAlerts(alerts, fleet.views()) }),
  }
  const changes: DocumentedRoute[] = [
    {
      method: 'POST',
      path: '/v1/mutes',
      summary: 'Mutes an app, instance, host or rule for a while: {"app": "shop", "for": "2h"}.',
      takes: [json],
      answers: {
        201: ['It is muted, durably; with the id by which to end that.', json],
        400: ['Something is wrong with it; the message names the field.'],
        415: ['It is not sent as application/json.'],
      },
      handler: (request) => mute(alerts, request),
    },
    {
      method: 'DELETE',
      path: '/v1/mutes/:id',
      summary: 'Ends a mute.',
      answers: {
        204: ['It is ended.'],
        404: ['There is no such mute.'],
      },
      handler: (request) => unmute(alerts, request),
    },
  ]
  return [
    guardRoute(list, reading, counters),
    ...changes.map((route) => guardRoute(route, operating, counters)),
  ]
}

async function mute(alerts: AlertWatch, { headers, body }: HttpRequest): Promise<HttpAnswer> {
  // a page of somebody else can't make a browser send this type without asking
  if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
    return answerError(415, 'bad-type', 'a mute is sent with content-type: application/json')
  const made = await alerts.mutes.add(parseJson(body.toString('utf8')))
  return typeof made === 'string' ? answerError(400, 'bad-mute', made) : { status: 201, json: showMute(made) }
}

async function unmute(alerts: AlertWatch, { params }: HttpRequest): Promise<HttpAnswer> {
  const isDone = await alerts.mutes.remove(params.id ?? '')
  return isDone
    ? { status: 204 }
    : answerError(404, 'no-mute', 'there is no such mute; GET /v1/alerts lists them')
}

function showAlerts(watch: AlertWatch, fleet: Parameters<typeof groupAlerts>[1]): object {
  const [alerts, mutes] = [watch.alerts(), watch.mutes.current()]
  const firing = alerts.filter(({ status }) => status === 'firing')
  return {
    groups: groupAlerts(firing, fleet).map(({ alerts, since, ...group }) => ({
      ...group,
      since: toIso(since),
      ids: alerts.map(({ id }) => id),
    })),
    alerts: alerts.map((alert) => showAlert(alert, mutes, watch.base)),
    mutes: mutes.map(showMute),
  }
}

function showAlert(alert: Alert, mutes: readonly Mute[], base: string): object {
  const { seenAt: _, awayAt, told, ...facts } = alert
  return {
    ...facts,
    since: toIso(alert.since),
    firedAt: toIso(alert.firedAt),
    resolvedAt: toIso(alert.resolvedAt),
    // those that have ended are not among them
    muted: isMuted(alert, mutes, Number.NEGATIVE_INFINITY),
    told: told !== null,
    url: linkTo(alert.id, base),
  }
}

function showMute(mute: Mute): object {
  return { ...mute, until: toIso(mute.until), madeAt: toIso(mute.madeAt) }
}

function toIso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
