import { createContext, useContext } from 'react'

import { TEXTS, type TextKey } from './texts.ts'

export const LANGUAGES = ['zh', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

const KEY = 'language'

/** `?lang=` of the address, else what was chosen last on this screen, else Chinese. */
export function storedLanguage(search: string, storage: Pick<Storage, 'getItem'>): Language {
  const asked = new URLSearchParams(search).get('lang') ?? storage.getItem(KEY)
  return asked === 'en' ? 'en' : 'zh'
}

export function storeLanguage(language: Language, storage: Pick<Storage, 'setItem'>): void {
  storage.setItem(KEY, language)
}

/** A text in a language; `{name}` in it is replaced by `values.name`. */
export function textOf(language: Language, key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return TEXTS[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

export type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string

export interface LanguageChoice {
  readonly language: Language
  readonly choose: (language: Language) => void
}

export const LanguageContext = createContext<LanguageChoice>({ language: 'zh', choose: () => undefined })

/** The texts of the language that this screen shows. */
export function useTexts(): {
  readonly t: Translate
  readonly language: Language
  readonly choose: (language: Language) => void
} {
  const { language, choose } = useContext(LanguageContext)
  return { t: (key, values) => textOf(language, key, values), language, choose }
}
