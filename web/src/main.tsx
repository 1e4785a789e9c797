import './styles/tokens.css'
import './styles/base.css'
import './styles/icons.css'
import './styles/shell.css'
import './styles/upload.css'
import './styles/list.css'

import { type JSX, render } from 'preact'

import type { DocumentsApi } from './api/documents-api.ts'
import { createV1Api } from './api/v1/v1-api.ts'
import { App } from './app.tsx'
import { markLanguage } from './i18n/language.ts'
import { LoadFailed } from './lazy.tsx'
import { createStore } from './state/create-store.ts'
import { followAddress } from './state/route.ts'
import { StoreContext } from './state/store-context.ts'
import { takeWindowDrops } from './upload/window-drops.ts'

const { root = '', api = 'v1', title = 'durable-ocr', backUrl } = document.documentElement.dataset

markLanguage()
followAddress()
takeWindowDrops()
// Not awaited at the top: what is loaded now imports from this module, and would wait for it in turn.
void chooseApi().then(show, () => draw(<LoadFailed />))

async function chooseApi(): Promise<DocumentsApi> {
  if (api !== 'qianxia') return createV1Api(root)
  const { createQianxiaApi } = await import('./api/qianxia/qianxia-api.ts')
  return createQianxiaApi(root, backUrl)
}

function show(chosen: DocumentsApi): void {
  const store = createStore(chosen)
  store.start()
  draw(
    <StoreContext.Provider value={store}>
      <App root={root} title={title} docsUrl={api === 'v1' ? `${root}/docs` : null} />
    </StoreContext.Provider>,
  )
}

function draw(content: JSX.Element): void {
  const place = document.querySelector('#app') ?? document.body
  // What `index.html` says there while nothing is loaded; Preact would leave it.
  place.replaceChildren()
  render(content, place)
}
