import type { QianxiaConfig } from '../../../config/dialects-config.ts'

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

/** Where files are uploaded and tasks watched. The script reads the path of the API from its address. */
export function homePage(page: PageContext): string {
  return wholePage(
    page,
    `<form>
<label>图片（PNG、JPG、GIF、BMP、WEBP）或 PDF，最多 20 个
<input type="file" name="files" multiple required accept=".png,.jpg,.jpeg,.gif,.bmp,.webp,.pdf"></label>
<button>上传</button>
</form>
<p role="alert"></p>
<table>
<thead><tr><th>文件</th><th>页数</th><th>状态</th><th>时间</th><th>操作</th></tr></thead>
<tbody></tbody>
</table>`,
    'home.js',
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

function wholePage({ root, config }: PageContext, body: string, script?: string): string {
  const base = escapeHtml(root)
  const title = escapeHtml(config.title)
  // A path of our own stands below the root that we are reached at.
  const icon = config.faviconUrl.startsWith('/') ? root + config.faviconUrl : config.faviconUrl
  const scriptTag =
    script === undefined ? '' : `\n<script src="${base}/static/${script}" type="module"></script>`
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${escapeHtml(icon)}">
<link rel="stylesheet" href="${base}/static/style.css">
</head>
<body data-root="${base}">
<h1>${title}</h1>
${body}${scriptTag}
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
