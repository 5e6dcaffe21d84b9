{{/* The configuration file: what the values say, and `config` laid over it. */}}
{{- define "emf-pxe.config" -}}
{{- $interfaces := default (list (dict "name" .Values.interface)) .Values.interfaces -}}
{{- $orchestrator := dict -}}
{{- range $field := list "fqdn" "artifactUrl" "trustFingerprint" -}}
{{- with index $.Values.orchestrator $field -}}{{- $_ := set $orchestrator $field . -}}{{- end -}}
{{- end -}}
{{- if .Values.orchestrator.caCertificate -}}{{- $_ := set $orchestrator "caFile" "/etc/emf-pxe/ca.crt" -}}{{- end -}}
{{- if include "emf-pxe.tokenSecret" . -}}{{- $_ := set $orchestrator "tokenFile" "/run/secrets/emf-pxe/token" -}}{{- end -}}
{{- $address := ternary "0.0.0.0" "127.0.0.1" .Values.metrics.expose -}}
{{- $base := dict
  "version" 1
  "interfaces" $interfaces
  "orchestrator" $orchestrator
  "listeners" (dict "metrics" (printf "%s:%d" $address (int .Values.metrics.port)))
-}}
{{- toYaml (mergeOverwrite $base (deepCopy .Values.config)) -}}
{{- end -}}
