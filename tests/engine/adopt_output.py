"""What `waqiti adopt` prints about the objects of `by_hand`."""

OUTPUT = """\
Grafana:
  differs    Dashboard dashboards-waqiti-alerting (0:waqiti-alerting)
             description: "Made by hand" → "Do alerts reach people, by which way, and how fast?"
  missing    Dashboard dashboards-waqiti-compliance
  missing    Dashboard dashboards-waqiti-payment-saga
  missing    Dashboard dashboards-waqiti-security
  differs    Folder dashboards-folder (0:waqiti)
             title: "Made by hand" → "Waqiti"
             preventDestroyIfNotEmpty: true, in the state only
Kafka:
  missing    Acl topics-audit-query-service-group
  missing    Acl topics-audit-reconciliation-group
  missing    Acl topics-encryption-audit-log-audit-query-service-read
  missing    Acl topics-encryption-audit-log-audit-reconciliation-read
  equal      Acl topics-encryption-audit-log-deny-deletion ({acl})
  missing    Acl topics-encryption-audit-log-encryption-audit-service-write
  differs    Topic topics-encryption-audit-log (encryption-audit-log)
             config["retention.ms"]: "60000" → "220752000000"
Kubernetes:
  missing    CronJob legal-documents-acknowledge
  missing    CronJob legal-documents-backup
  missing    CronJob legal-documents-hold
  missing    CronJob legal-documents-release
  missing    CronJob legal-documents-report
  missing    CronJob legal-documents-restore
  missing    CronJob legal-documents-rotate-logs
  missing    CronJob legal-documents-verify
  missing    ConfigMap legal-documents-officer-settings
  missing    ConfigMap legal-documents-settings
  differs    PersistentVolumeClaim legal-documents (legal/legal-documents)
             metadata.labels["app.kubernetes.io/part-of"]: "documents" → "legal-documents"
  missing    ServiceAccount legal-documents-account
  missing    ServiceAccount legal-documents-officer-account
  missing    ExternalSecret alert-routing-keys
  missing    ExternalSecret legal-documents-backup-keys
  missing    ExternalSecret legal-documents-officer-keys
  missing    Probe scraping-probe
  differs    PrometheusRule alert-rules-alert-delivery (monitoring/waqiti-alert-delivery)
             spec.groups[0].rules[0].for: "59m" → "2m"
  missing    PrometheusRule alert-rules-audit-reconciliation
  missing    PrometheusRule alert-rules-deployed
  missing    PrometheusRule alert-rules-encryption-audit
  missing    PrometheusRule alert-rules-legal-documents
  missing    PrometheusRule alert-rules-payment-saga
  missing    PrometheusRule alert-rules-services
  missing    ServiceMonitor scraping-servicemonitor
  missing    AlertmanagerConfig alert-routing-routes
  missing    NetworkPolicy legal-documents-officer-traffic
  missing    NetworkPolicy legal-documents-traffic
  equal      StorageClass legal-documents-class (legal-documents-local)
PagerDuty:
  differs    EscalationPolicy paging-escalation ({policy})
             numLoops: 5 → 2
  differs    Service paging-service ({service})
             acknowledgementTimeout: "600" → "1800"
  equal      ServiceIntegration paging-events-1 ({integration})
Vault:
  differs    SecretV2 alerting-secrets-alerting-pagerduty (secret/data/alerting/pagerduty)
             dataJson: a secret, which is written without being compared
             deleteAllVersions: false, in the state only
             disableRead: false, in the state only
.waqiti/import-local.json has what exists. Nothing was changed. Next:
  pulumi import --stack local --file .waqiti/import-local.json --protect=false --generate-code=false
  pulumi preview --stack local --diff
  pulumi up --stack local
"""
REFUSED = """\
Kafka:
  equal      Acl topics-encryption-audit-log-audit-query-service-read \
(User:audit-query-service|*|Read|Allow|Topic|encryption-audit-log|Literal)
  equal      Acl topics-encryption-audit-log-deny-deletion \
(User:*|*|Delete|Deny|Topic|encryption-audit-log|Literal)
  equal      Acl topics-encryption-audit-log-encryption-audit-service-write \
(User:encryption-audit-service|*|Write|Allow|Topic|encryption-audit-log|Literal)
  refused    Topic topics-encryption-audit-log (encryption-audit-log)
             partitions: 12 → 10
             it is not in the file, because an `up` would delete it and create it again: \
declare what exists, or delete it yourself"""
