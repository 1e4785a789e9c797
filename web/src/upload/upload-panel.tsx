import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import { texts } from '../i18n/texts.ts'
import { Lazy } from '../lazy.tsx'
import { useStore } from '../state/store-context.ts'
import { handIn, intake } from './intake.ts'
import { limitsText } from './limits-text.ts'
import { optionsSummary, uploadOptions } from './upload-options.ts'
import { isDragging } from './window-drops.ts'

const loadOptions = () => import('./options-drawer.tsx').then((part) => part.OptionsDrawer)
const loadRows = () => import('./upload-rows.tsx').then((part) => part.UploadRows)

/** Where documents come in: chosen, dropped anywhere, pasted, or by their address. */
export function UploadPanel({ root, isLarge }: { root: string; isLarge: boolean }): JSX.Element {
  const { api, config } = useStore()
  const hasOptions = useSignal(false)
  const words = texts.value
  const { can } = api
  return (
    <section class={isLarge ? 'upload large' : 'upload'} aria-label={words.choose}>
      <label class="drop">
        <input
          class="unseen"
          type="file"
          multiple
          accept={config.value?.accept}
          onChange={({ currentTarget }) => {
            handIn({ files: [...(currentTarget.files ?? [])] })
            currentTarget.value = ''
          }}
        />
        <b class="title">{words.drop}</b>
        <span>
          <b class="primary">{words.choose}</b> <span class="paste">{words.paste}</span>
        </span>
        <small>{config.value && limitsText(config.value)}</small>
      </label>
      <div class="more-ways">
        {can.takeUrls && <UrlForm />}
        {(can.chooseEngine || can.choosePages) && (
          <button
            aria-expanded={hasOptions.value}
            onClick={() => (hasOptions.value = !hasOptions.value)}
          >
            {words.options} <small>{optionsSummary(uploadOptions.value)}</small>
          </button>
        )}
        {isLarge && (
          <button onClick={() => handIn({ sampleUrl: `${root}/static/sample.pdf` })}>
            {words.sample}
          </button>
        )}
      </div>
      {hasOptions.value && <Lazy load={loadOptions} props={{}} />}
      {isLarge && <p class="hint">{words.promise}</p>}
      {intake.value && <Lazy load={loadRows} props={{}} />}
      {isDragging.value && <div class="dropping">{words.dropNow}</div>}
    </section>
  )
}

function UrlForm(): JSX.Element {
  const words = texts.value
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const form = event.currentTarget
        handIn({ url: form.querySelector('input')?.value ?? '' })
        form.reset()
      }}
    >
      <input type="url" required placeholder={`${words.url}, https://…`} aria-label={words.url} />
      <button>{words.read}</button>
    </form>
  )
}
