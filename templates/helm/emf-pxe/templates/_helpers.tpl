{{- define "emf-pxe.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "emf-pxe.fullname" -}}
{{- $name := include "emf-pxe.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "emf-pxe.selectorLabels" -}}
app.kubernetes.io/name: {{ include "emf-pxe.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "emf-pxe.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "emf-pxe.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "emf-pxe.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "emf-pxe.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "emf-pxe.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Name of the Secret with the token; empty when there is no token. */}}
{{- define "emf-pxe.tokenSecret" -}}
{{- if .Values.token.existingSecret -}}
{{- .Values.token.existingSecret -}}
{{- else if .Values.token.value -}}
{{- printf "%s-token" (include "emf-pxe.fullname" .) -}}
{{- end -}}
{{- end -}}

{{/* Combinations that no schema can explain in plain words. */}}
{{- define "emf-pxe.refuse" -}}
{{- if not (or .Values.orchestrator.fqdn .Values.orchestrator.artifactUrl) -}}
{{- fail "orchestrator.fqdn is missing: name the orchestrator's domain, for example --set orchestrator.fqdn=edge.example.com" -}}
{{- end -}}
{{- if and (eq .Values.kind "DaemonSet") (eq .Values.persistence.type "persistentVolumeClaim") -}}
{{- fail "persistence.type persistentVolumeClaim needs kind Deployment with one replica: servers on several nodes cannot share one claim" -}}
{{- end -}}
{{- if and (eq .Values.kind "Deployment") (eq .Values.persistence.type "persistentVolumeClaim") (gt (int .Values.replicas) 1) -}}
{{- fail "persistence.type persistentVolumeClaim allows one replica: several servers cannot share one claim; use hostPath or emptyDir" -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.expose) -}}
{{- fail "metrics.serviceMonitor.enabled needs metrics.expose=true: Prometheus cannot reach 127.0.0.1 of the node" -}}
{{- end -}}
{{- if and .Values.token.value .Values.token.existingSecret -}}
{{- fail "token.value and token.existingSecret are both given: choose one" -}}
{{- end -}}
{{- end -}}
