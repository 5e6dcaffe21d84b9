{{/* The pod, the same for a DaemonSet and a Deployment. */}}
{{- define "emf-pxe.pod" -}}
metadata:
  annotations:
    # `kubectl logs` and `kubectl exec` mean the server, not the container that ran before it.
    kubectl.kubernetes.io/default-container: emf-pxe
    checksum/config: {{ include "emf-pxe.config" . | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  labels:
    {{- include "emf-pxe.selectorLabels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  # PXE begins with broadcasts, and a pod network carries none.
  hostNetwork: true
  # The node's own resolver: the site must boot whether or not the cluster's DNS is well.
  dnsPolicy: Default
  serviceAccountName: {{ include "emf-pxe.serviceAccountName" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    fsGroup: 65532
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  {{- if eq .Values.persistence.type "hostPath" }}
  initContainers:
    # Kubernetes makes the directory for root; fsGroup does not reach a hostPath.
    - name: own-state
      image: {{ include "emf-pxe.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: [chown, "65532:65532", /var/lib/emf-pxe]
      securityContext:
        runAsNonRoot: false
        runAsUser: 0
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
          add: [CHOWN]
      # A quota of the namespace may ask for them of every container.
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: state
          mountPath: /var/lib/emf-pxe
  {{- end }}
  containers:
    - name: emf-pxe
      image: {{ include "emf-pxe.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [serve, --config, /etc/emf-pxe/config.yaml, --state-dir, /var/lib/emf-pxe]
      {{- if or .Values.proxy.httpsProxy .Values.proxy.noProxy }}
      env:
        {{- with .Values.proxy.httpsProxy }}
        - name: HTTPS_PROXY
          value: {{ . | quote }}
        {{- end }}
        {{- with .Values.proxy.noProxy }}
        - name: NO_PROXY
          value: {{ . | quote }}
        {{- end }}
      {{- end }}
      securityContext:
        # The one privilege is a file capability of the binary, which takes effect only when this is allowed.
        allowPrivilegeEscalation: true
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
          add: [NET_BIND_SERVICE]
      # Declared so that the scheduler never puts two servers on one node.
      ports:
        - {name: dhcp, containerPort: 67, hostPort: 67, protocol: UDP}
        - {name: tftp, containerPort: 69, hostPort: 69, protocol: UDP}
        - {name: boot-server, containerPort: 4011, hostPort: 4011, protocol: UDP}
        - {name: metrics, containerPort: {{ .Values.metrics.port }}, hostPort: {{ .Values.metrics.port }}, protocol: TCP}
      startupProbe:
        {{- include "emf-pxe.httpGet" (dict "path" "/healthz" "root" .) | nindent 8 }}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        {{- include "emf-pxe.httpGet" (dict "path" "/healthz" "root" .) | nindent 8 }}
        periodSeconds: 20
        timeoutSeconds: 5
      readinessProbe:
        {{- include "emf-pxe.httpGet" (dict "path" "/readyz" "root" .) | nindent 8 }}
        periodSeconds: 10
        timeoutSeconds: 5
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: config
          mountPath: /etc/emf-pxe
          readOnly: true
        - name: state
          mountPath: /var/lib/emf-pxe
        - name: tmp
          mountPath: /tmp
        {{- if include "emf-pxe.tokenSecret" . }}
        - name: token
          mountPath: /run/secrets/emf-pxe
          readOnly: true
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ include "emf-pxe.fullname" . }}
    - name: state
      {{- include "emf-pxe.stateVolume" . | nindent 6 }}
    - name: tmp
      emptyDir: {}
    {{- with include "emf-pxe.tokenSecret" . }}
    - name: token
      secret:
        secretName: {{ . }}
        defaultMode: 0440
        items:
          - key: {{ $.Values.token.key }}
            path: token
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The pod shares the node's network, so the kubelet reaches it on the node's own loopback. */}}
{{- define "emf-pxe.httpGet" -}}
httpGet:
  host: 127.0.0.1
  path: {{ .path }}
  port: {{ .root.Values.metrics.port }}
{{- end -}}

{{- define "emf-pxe.stateVolume" -}}
{{- if eq .Values.persistence.type "hostPath" -}}
hostPath:
  path: {{ .Values.persistence.hostPath }}
  type: DirectoryOrCreate
{{- else if eq .Values.persistence.type "persistentVolumeClaim" -}}
persistentVolumeClaim:
  claimName: {{ default (include "emf-pxe.fullname" .) .Values.persistence.existingClaim }}
{{- else -}}
emptyDir: {}
{{- end -}}
{{- end -}}
