import type { NotifySettings } from '../../ww/config/settings.ts'
import type { Identity } from '../../ww/notify/event.ts'

/** Settings of reporting that lose no time. */
export const fastNotify: NotifySettings = {
  ...{ url: null, secret: null, token: null },
  ...{ timeout: 5000, backoff: 5, backoffMax: 50, keep: 10_000 },
}

/** Who reports in tests. */
export const testIdentity = (bootId: string): Identity => ({
  ...{ app: 'app', instance: 'one', version: '1', bootId, labels: { zone: 'a' }, configHash: '5f' },
})
