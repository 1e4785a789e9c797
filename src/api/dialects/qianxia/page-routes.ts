import type { Request, Response } from 'express'
import type { AppDeps } from '../../app-deps.ts'
import { route, type ResponseSpec, type Route } from '../../http/route.ts'
import { sendHtml, sendPage } from '../../page/send-page.ts'
import { staticRoute } from '../../page/static-route.ts'
import { backUrlOf, backUrlOrigins } from './back-url.ts'
import { accountPage, iconUrlOf, landingPage, type PageContext } from './page-html.ts'
import { readCaller } from './session.ts'
import { TAG } from './task-answers.ts'

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
      isOpen: true,
      summary: '首页',
      responses: PAGE,
      async handler({ request, response }) {
        const { user } = await readCaller(request, deps)
        const password = config.password.reveal()
        const home = password === '' ? 'main' : encodeURIComponent(password)
        // It tells the password, and anybody can register: only the admin is led there.
        const mayKnow = user !== null && (user.isAdmin || password === '')
        const page = contextOf(request)
        if (mayKnow) response.redirect(302, `${request.baseUrl}/${home}`)
        else sendSmallPage(response, page, landingPage(page, user !== null))
        return null
      },
    }),
    ...(['login', 'register'] as const).map((action) =>
      route({
        method: 'get',
        path: `/${action}`,
        tag: TAG,
        isOpen: true,
        summary: action === 'login' ? '登录页面' : '注册页面',
        responses: PAGE,
        handler({ request, response }) {
          const page = contextOf(request)
          sendSmallPage(response, page, accountPage(page, action))
          return Promise.resolve(null)
        },
      }),
    ),
    staticRoute(deps, TAG),
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
    isOpen: true,
    summary: '任务页面',
    responses: { ...PAGE, 503: { description: '页面尚未构建', contentType: 'text/plain' } },
    async handler({ request, response }) {
      const base = request.baseUrl
      // The password stands in the address alone, and in nothing that is sent.
      const root = hasPassword ? base.slice(0, base.lastIndexOf('/')) : base
      const { user } = config.requiresLogin ? await readCaller(request, deps) : { user: null }
      if (config.requiresLogin && user === null) {
        response.redirect(302, `${root}/login`)
        return null
      }
      const page = { root, config }
      sendPage(response, deps.pageFiles(), {
        settings: {
          root,
          api: 'qianxia',
          title: config.title,
          iconUrl: iconUrlOf(page),
          language: 'zh-CN',
          hasPassword,
          backUrl: backUrlOf(config),
        },
        policy: { connect: backUrlOrigins(config), images: iconOrigins(page) },
      })
      return null
    },
  })
}

function sendSmallPage(response: Response, page: PageContext, html: string): void {
  sendHtml(response, html, { images: iconOrigins(page) })
}

/** Where the icon comes from, if it is not ours. */
function iconOrigins(page: PageContext): string[] {
  const url = URL.parse(iconUrlOf(page))
  return url !== null && /^https?:$/.test(url.protocol) ? [url.origin] : []
}
