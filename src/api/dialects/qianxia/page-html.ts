import type { QianxiaConfig } from '../../../config/dialects-config.ts'
import { escapeHtml } from '../../page/page-html.ts'

/** What every page needs. */
export type PageContext = {
  /** Path of the dialect's root, `''` or `/qianxia`. */
  readonly root: string
  readonly config: Pick<QianxiaConfig, 'title' | 'faviconUrl'>
}

/** What everybody sees who is not led to the tasks. */
export function landingPage(page: PageContext, hasSession: boolean): string {
  const root = escapeHtml(page.root)
  const next = hasSession
    ? '已登录。请打开管理员提供的任务页面地址。'
    : `<a href="${root}/login">登录</a> · <a href="${root}/register">注册</a>`
  return wholePage(
    page,
    `<p>图片与 PDF 文字识别服务：上传文件，后台识别，结果为 Markdown 与 LaTeX。</p>
<p>${next}</p>`,
  )
}

/** The form of `/login` or `/register`. */
export function accountPage(page: PageContext, action: 'login' | 'register'): string {
  const isLogin = action === 'login'
  const root = escapeHtml(page.root)
  return wholePage(
    page,
    `<form data-action="${action}">
<label>用户名 <input name="username" autocomplete="username" required></label>
<label>密码 <input name="password" type="password" autocomplete="${isLogin ? 'current' : 'new'}-password" required></label>
<button>${isLogin ? '登录' : '注册'}</button>
</form>
<p role="alert"></p>
<p><a href="${root}/${isLogin ? 'register' : 'login'}">${isLogin ? '注册' : '登录'}</a></p>`,
    'account.js',
  )
}

/** Address of the configured icon: a path of our own stands below the root that we are reached at. */
export function iconUrlOf({ root, config }: PageContext): string {
  return config.faviconUrl.startsWith('/') ? root + config.faviconUrl : config.faviconUrl
}

function wholePage(page: PageContext, body: string, script?: string): string {
  const base = escapeHtml(page.root)
  const title = escapeHtml(page.config.title)
  const scriptTag =
    script === undefined ? '' : `\n<script src="${base}/static/${script}" type="module"></script>`
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${escapeHtml(iconUrlOf(page))}">
<link rel="stylesheet" href="${base}/static/account.css">
</head>
<body data-root="${base}">
<main>
<h1>${title}</h1>
${body}${scriptTag}
</main>
</body>
</html>
`
}
