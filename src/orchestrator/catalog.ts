import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { type ApiAccess, apiPost, withProjectHint } from './api.ts'
import type { HttpResponse } from './http.ts'
import { messageOf, readJson, readText, statusFailure } from './response.ts'

export interface CatalogFile {
  /** `.yaml`, or `.tar.gz` for a whole package. */
  readonly fileName: string
  readonly bytes: Uint8Array
}

/** How a release wants its uploads: the file as the body, or wrapped together with the session. */
type BodyShape = 'flat' | 'wrapped'

/**
 * Uploads files to the application catalog as one transaction: all of them or none. Releases differ in
 * the shape of the body; the first file finds out which one this orchestrator takes.
 * @throws EmfPxeError CATALOG_CONFLICT, CATALOG_REJECTED, HTTP_UNAUTHORIZED, HTTP_FORBIDDEN, …
 */
export async function uploadToCatalog(
  access: ApiAccess,
  project: string,
  files: readonly CatalogFile[],
): Promise<void> {
  let shape: BodyShape | undefined
  let session: string | undefined
  for (const [index, file] of files.entries()) {
    const upload = { project, file, session, number: index + 1, isLast: index === files.length - 1 }
    const answered = await sendInShape(access, upload, shape)
    shape = answered.shape
    session ??= answered.session
  }
}

interface Upload {
  readonly project: string
  readonly file: CatalogFile
  readonly session: string | undefined
  readonly number: number
  readonly isLast: boolean
}

interface Accepted {
  readonly shape: BodyShape
  readonly session: string | undefined
}

/** A body in the wrong shape is taken for an empty request and refused with 400, and nothing is stored. */
async function sendInShape(
  access: ApiAccess,
  upload: Upload,
  known: BodyShape | undefined,
): Promise<Accepted> {
  const shapes: readonly BodyShape[] = known === undefined ? ['flat', 'wrapped'] : [known]
  const refusals: string[] = []
  for (const shape of shapes) {
    const response = await send(access, upload, shape)
    if (response.status === 200 || response.status === 201) return accepted(response, shape, upload)
    if (response.status !== 400 && response.status !== 422) throw await failureOf(response, upload)
    refusals.push(messageOf(await readText(response)))
    if (isAboutContent(refusals.at(-1) ?? '', upload.file)) break
  }
  throw rejected(upload, refusals.find((said) => isAboutContent(said, upload.file)) ?? refusals.at(-1) ?? '')
}

function send(access: ApiAccess, upload: Upload, shape: BodyShape): Promise<HttpResponse> {
  const { project, file, session, number, isLast } = upload
  const path = `/v3/projects/${encodeURIComponent(project)}/catalog/uploads`
  const content = { fileName: file.fileName, artifact: Buffer.from(file.bytes).toString('base64') }
  const progress = {
    uploadNumber: number,
    lastUpload: isLast,
    ...(session === undefined ? {} : { sessionId: session }),
  }
  if (shape === 'wrapped') return apiPost(access, path, { upload: content, ...progress })
  const query = new URLSearchParams(Object.entries(progress).map(([name, value]) => [name, String(value)]))
  return apiPost(access, `${path}?${query}`, content)
}

/** A complaint about the document names the file, or says more than that the request is empty. */
function isAboutContent(said: string, file: CatalogFile): boolean {
  return said.includes(file.fileName) || !/incomplete request|Upload\b|file_?name/i.test(said)
}

/** 200 with messages means that the upload was read and not accepted. */
async function accepted(response: HttpResponse, shape: BodyShape, upload: Upload): Promise<Accepted> {
  const answer = await readJson(response)
  const fields: Record<string, unknown> = typeof answer === 'object' && answer !== null ? { ...answer } : {}
  const messages = Array.isArray(fields.errorMessages) ? fields.errorMessages.map(String) : []
  if (messages.length > 0) throw rejected(upload, messages.map(escapeText).join('; '))
  return { shape, session: typeof fields.sessionId === 'string' ? fields.sessionId : undefined }
}

async function failureOf(response: HttpResponse, upload: Upload): Promise<EmfPxeError> {
  if (response.status === 409)
    return new EmfPxeError('CATALOG_CONFLICT', {
      message: `${escapeText(upload.file.fileName)}: it answered 409: ${messageOf(await readText(response))}`,
    })
  return withProjectHint(await statusFailure(response), upload.project, 'Edge-Manager-Group')
}

function rejected({ file }: Upload, said: string): EmfPxeError {
  return new EmfPxeError('CATALOG_REJECTED', {
    message: `${escapeText(file.fileName)}: the catalog says: ${said}`,
  })
}
