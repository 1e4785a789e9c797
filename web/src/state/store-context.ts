import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Store } from './store.ts'

/** Hands the store to the components below it. */
export const StoreContext = createContext<Store | null>(null)

/** The store of the page. */
export function useStore(): Store {
  const store = useContext(StoreContext)
  if (store === null) throw new Error('Cannot use store: no StoreContext above')
  return store
}
