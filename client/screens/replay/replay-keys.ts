/** What a key does in the replay. */
export type ReplayAction =
  | { readonly kind: 'shuttle'; readonly key: 'j' | 'k' | 'l' }
  | { readonly kind: 'toggle' }
  | { readonly kind: 'change'; readonly direction: 1 | -1 }
  | { readonly kind: 'minute'; readonly direction: 1 | -1 }
  | { readonly kind: 'mark'; readonly direction: 1 | -1 }
  | { readonly kind: 'live' }
  | { readonly kind: 'bookmark' }

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** J K L and space play; comma and period step by change, with shift to the next alarm or case; arrows step by minute; B sets a bookmark, End is now. */
export function actionOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPress): ReplayAction | null {
  if (ctrlKey || metaKey || altKey) return null
  switch (key) {
    case 'j':
    case 'J':
      return { kind: 'shuttle', key: 'j' }
    case 'k':
    case 'K':
      return { kind: 'shuttle', key: 'k' }
    case 'l':
    case 'L':
      return { kind: 'shuttle', key: 'l' }
    case ' ':
      return { kind: 'toggle' }
    case ',':
      return { kind: 'change', direction: -1 }
    case '.':
      return { kind: 'change', direction: 1 }
    case '<':
      return { kind: 'mark', direction: -1 }
    case '>':
      return { kind: 'mark', direction: 1 }
    case 'ArrowLeft':
      return shiftKey ? { kind: 'mark', direction: -1 } : { kind: 'minute', direction: -1 }
    case 'ArrowRight':
      return shiftKey ? { kind: 'mark', direction: 1 } : { kind: 'minute', direction: 1 }
    case 'b':
    case 'B':
      return { kind: 'bookmark' }
    case 'End':
      return { kind: 'live' }
    default:
      return null
  }
}

/** Whether a key belongs to the element that has the focus: a text being written, a list being chosen from. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
}
