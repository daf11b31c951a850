/** Replaces the sign-in and the query of every url in a text by `***`, so that a line of ffmpeg's or of an error may be logged. */
export function redactUrls(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s'"/?#]*@/gi, '$1***@')
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s'"?]*)\?[^\s'"]*/gi, '$1?***')
}
