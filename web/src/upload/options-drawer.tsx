import type { JSX } from 'preact'

import { language } from '../i18n/language.ts'
import { useStore } from '../state/store-context.ts'
import { hasWrongPages } from './check-pages.ts'
import { uploadTexts } from './texts.ts'
import { type UploadOptions, uploadOptions } from './upload-options.ts'

/** How the next documents are to be read: engine, languages, pages, password. */
export function OptionsDrawer(): JSX.Element {
  const { api, config } = useStore()
  const words = uploadTexts.value
  const names = new Intl.DisplayNames(language.value, { type: 'language' })
  const { engine, languages, password } = uploadOptions.value
  return (
    <form class="options" onSubmit={(event) => event.preventDefault()}>
      {api.can.chooseEngine && (
        <label>
          {words.engine}
          <select
            value={engine ?? ''}
            onChange={({ currentTarget }) => change({ engine: currentTarget.value || null })}
          >
            <option value="">{words.automatic}</option>
            {config.value?.engines.map(({ id, isDefault, isConfigured }) => (
              <option value={id} disabled={!isConfigured}>
                {id}
                {isDefault && ` (${words.isDefault})`}
                {!isConfigured && ` (${words.isMissing})`}
              </option>
            ))}
          </select>
        </label>
      )}
      {api.can.choosePages && <PagesField />}
      <label>
        {words.password}
        <input
          type="password"
          autocomplete="off"
          placeholder={words.passwordHint}
          value={password ?? ''}
          onInput={({ currentTarget }) => change({ password: currentTarget.value || null })}
        />
      </label>
      {api.can.chooseEngine && (
        <fieldset>
          <legend>{words.languages}</legend>
          {config.value?.languages.map((name) => (
            <label>
              <input
                type="checkbox"
                checked={languages?.includes(name) ?? false}
                onChange={({ currentTarget }) => chooseLanguage(name, currentTarget.checked)}
              />
              {names.of(name)}
            </label>
          ))}
        </fieldset>
      )}
    </form>
  )
}

function PagesField(): JSX.Element {
  const words = uploadTexts.value
  const { pages } = uploadOptions.value
  const isWrong = hasWrongPages({ pages })
  return (
    <label>
      {words.pages}
      <input
        inputMode="numeric"
        autocomplete="off"
        placeholder={words.pagesHint}
        value={pages ?? ''}
        aria-invalid={isWrong}
        aria-describedby="pages-wrong"
        onInput={({ currentTarget: { value } }) => change({ pages: value || null })}
      />
      <small id="pages-wrong" role="alert">
        {isWrong && words.pagesWrong}
      </small>
    </label>
  )
}

function change(changed: Partial<UploadOptions>): void {
  uploadOptions.value = { ...uploadOptions.value, ...changed }
}

function chooseLanguage(name: string, isChosen: boolean): void {
  const others = uploadOptions.value.languages?.filter((other) => other !== name) ?? []
  const chosen = isChosen ? [...others, name] : others
  change({ languages: chosen.length > 0 ? chosen : null })
}
