/** Where things are unless a flag says otherwise: where packages and administrators look for them. */
export const defaultConfigFile = '/etc/emf-pxe/config.yaml'
export const defaultStateDirectory = '/var/lib/emf-pxe'

/**
 * A command as it has to be typed for these places: flags only for those that are not the usual ones.
 * `withPlaces('emf-pxe fetch', { 'state-dir': './state' })` → `emf-pxe fetch --state-dir ./state`
 */
export function withPlaces(
  command: string,
  places: { readonly config?: string; readonly 'state-dir'?: string },
): string {
  const usual = [defaultConfigFile, defaultStateDirectory]
  const flags = Object.entries(places).flatMap(([name, place]) =>
    place === undefined || usual.includes(place) ? [] : [`--${name}`, shellWord(place)],
  )
  return [command, ...flags].join(' ')
}

/** One word for a shell, whatever is in it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
