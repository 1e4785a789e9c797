import { readFileSync } from 'node:fs'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { route, type ResponseSpec, type Route } from '../../http/route.ts'
import { accountPage, homePage, landingPage, type PageContext } from './page-html.ts'
import { readCaller } from './session.ts'
import { TAG } from './task-answers.ts'

/** Nothing but our own scripts and styles; icons may come from where the operator says. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "img-src 'self' data: https:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

const ASSETS = new Map([
  ['style.css', asset('style.css', 'text/css')],
  ['home.js', asset('home.js', 'text/javascript')],
  ['account.js', asset('account.js', 'text/javascript')],
  // The documented name; browsers go by the type.
  ['favicon.ico', asset('favicon.svg', 'image/svg+xml')],
])

const PAGE: Readonly<Record<number, ResponseSpec>> = {
  200: { description: '页面', contentType: 'text/html' },
  302: { description: '跳转' },
}

/** The pages at the root: landing, login, registration, and what they load. */
export function rootPageRoutes(deps: AppDeps): Route[] {
  const config = deps.config.api.qianxia
  const contextOf = ({ baseUrl }: Request): PageContext => ({ root: baseUrl, config })
  return [
    route({
      method: 'get',
      path: '/',
      tag: TAG,
      summary: '首页',
      responses: PAGE,
      async handler({ request, response }) {
        const { user } = await readCaller(request, deps)
        const password = config.password.reveal()
        const home = password === '' ? 'main' : encodeURIComponent(password)
        // It tells the password, and anybody can register: only the admin is led there.
        const mayKnow = user !== null && (user.isAdmin || password === '')
        if (mayKnow) response.redirect(302, `${request.baseUrl}/${home}`)
        else sendPage(response, landingPage(contextOf(request), user !== null))
        return null
      },
    }),
    ...(['login', 'register'] as const).map((action) =>
      route({
        method: 'get',
        path: `/${action}`,
        tag: TAG,
        summary: action === 'login' ? '登录页面' : '注册页面',
        responses: PAGE,
        handler({ request, response }) {
          sendPage(response, accountPage(contextOf(request), action))
          return Promise.resolve(null)
        },
      }),
    ),
    route({
      method: 'get',
      path: '/static/{file}',
      tag: TAG,
      summary: '静态文件',
      params: z.object({ file: z.string() }),
      responses: { 200: { description: '文件', contentType: 'text/css' } },
      failures: ['NOT_FOUND'],
      handler({ params, response }) {
        const found = ASSETS.get(params.file)
        if (found === undefined) throw new OcrError('NOT_FOUND', 'Cannot send asset: there is none')
        response.set({
          'Content-Type': found.contentType,
          'Cache-Control': 'public, max-age=3600',
          'X-Content-Type-Options': 'nosniff',
        })
        response.send(found.bytes)
        return Promise.resolve(null)
      },
    }),
  ]
}

/** The page of tasks: below the path password, or `/main` without one. */
export function homeRoute(deps: AppDeps): Route {
  const config = deps.config.api.qianxia
  const hasPassword = config.password.reveal() !== ''
  return route({
    method: 'get',
    path: hasPassword ? '/' : '/main',
    tag: TAG,
    summary: '任务页面',
    responses: PAGE,
    async handler({ request, response }) {
      const base = request.baseUrl
      const root = hasPassword ? base.slice(0, base.lastIndexOf('/')) : base
      const { user } = config.requiresLogin ? await readCaller(request, deps) : { user: null }
      if (config.requiresLogin && user === null) response.redirect(302, `${root}/login`)
      else sendPage(response, homePage({ root, config }))
      return null
    },
  })
}

function sendPage(response: Response, html: string): void {
  response.set({ 'Content-Security-Policy': POLICY, 'Referrer-Policy': 'no-referrer' })
  response.type('html').send(html)
}

function asset(name: string, type: string): { bytes: Buffer; contentType: string } {
  const bytes = readFileSync(new URL(`static/${name}`, import.meta.url))
  return { bytes, contentType: `${type}; charset=utf-8` }
}
