import { escapeText } from '../../ui/text.ts'
import { architectureName } from '../inspect/machine.ts'
import type { ArtifactReport, ImageReport } from '../inspect/report.ts'
import { type Expectations, type Finding, unfit } from './finding.ts'

/** Is it a whole EFI application for the right processor? The first problem makes the others moot. */
export function assessImage(report: ArtifactReport, expected: Expectations): Finding | undefined {
  const { image } = report
  if (expected.architecture === 'bios') return assessBios(report)
  if (image === undefined) return notEfi(report)
  if (!image.efiApplication) {
    return unfit('ARTIFACT_NOT_EFI', {
      message: `It is a PE image of another kind (${image.subsystem}), wanted an EFI application.`,
    })
  }
  return wrongArchitecture(image, expected) ?? incomplete(image, report)
}

function notEfi(report: ArtifactReport): Finding {
  const seen = escapeText(report.foreign?.description ?? 'unknown')
  if (report.foreign?.kind === 'html') {
    return unfit('LOGIN_PAGE', { message: `It is ${seen}, wanted an EFI application.` })
  }
  return unfit('ARTIFACT_NOT_EFI', {
    message: `It is ${seen} (${report.sizeBytes} bytes), wanted an EFI application.`,
  })
}

/** BIOS programs have no format of their own; firmware loads what it is given. */
function assessBios(report: ArtifactReport): Finding | undefined {
  const { foreign, image } = report
  if (image !== undefined) {
    return unfit('ARTIFACT_WRONG_ARCHITECTURE', {
      message: `It is for UEFI (${image.machine}), wanted legacy BIOS.`,
    })
  }
  return foreign?.kind === 'bios' || foreign?.kind === 'other' ? undefined : notEfi(report)
}

function wrongArchitecture(image: ImageReport, { architecture }: Expectations): Finding | undefined {
  if (image.architecture === architecture) return undefined
  return unfit('ARTIFACT_WRONG_ARCHITECTURE', {
    message: `It is for ${image.machine}, wanted ${architectureName(architecture)}.`,
  })
}

function incomplete(image: ImageReport, { sizeBytes }: ArtifactReport): Finding | undefined {
  if (image.neededBytes <= sizeBytes) return undefined
  return unfit('ARTIFACT_INCOMPLETE', {
    message: `It has ${sizeBytes} bytes, its headers speak of ${image.neededBytes}.`,
  })
}
