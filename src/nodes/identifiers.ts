/** MAC as `aa:bb:cc:dd:ee:ff` from any usual spelling; undefined when it is none. */
export function normalMac(text: string): string | undefined {
  const digits = text.trim().toLowerCase()
  const isUsual =
    /^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2){4}[0-9a-f]{2}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$|^[0-9a-f]{12}$/
  if (!isUsual.test(digits)) return undefined
  return (digits.replaceAll(/[^0-9a-f]/g, '').match(/../g) ?? []).join(':')
}

/** UUID in lower case with hyphens from any usual spelling; undefined when it is none. */
export function normalUuid(text: string): string | undefined {
  const digits = text
    .trim()
    .toLowerCase()
    .replace(/^\{(.*)\}$/, '$1')
  if (!/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/.test(digits)) return undefined
  return digits.replaceAll('-', '').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** What the orchestrator takes as a serial number. */
export function isSerial(text: string): boolean {
  return /^[A-Za-z0-9]{5,20}$/.test(text)
}

/**
 * UUIDs that boards carry when nobody has given them one: they name no machine. All zeroes is also
 * what edk2 sends when it cannot read SMBIOS.
 */
export function isPlaceholderUuid(uuid: string): boolean {
  return /^([0-9a-f])\1{7}(-\1{4}){3}-\1{12}$/.test(uuid) || placeholders.has(uuid)
}

const placeholders: ReadonlySet<string> = new Set([
  '03000200-0400-0500-0006-000700080009',
  '00020003-0004-0005-0006-000700080009',
  '12345678-1234-5678-90ab-cddeefaabbcc',
  '01234567-8910-1112-1314-151617181920',
  'fefefefe-fefe-fefe-fefe-fefefefefefe',
])
