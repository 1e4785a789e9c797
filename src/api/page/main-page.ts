import type { RequestHandler } from 'express'
import type { AppDeps } from '../app-deps.ts'
import { sendPage } from './send-page.ts'

/** Sends the web page of `/v1`, at the root of the main port. */
export function mainPage({ config, pageFiles }: Pick<AppDeps, 'config' | 'pageFiles'>) {
  const { title } = config.api
  const settings = { root: '', api: 'v1', title, iconUrl: '/static/favicon.svg' } as const
  const handler: RequestHandler = (_req, res) => sendPage(res, pageFiles(), { settings })
  return handler
}
