// What the developer and administration interfaces speak, beside the types of shared/types.ts.
// Names follow the wire.

import type { App, ID } from "../../shared/types";

export interface MemberAccount {
  id: ID;
  handle: string;
  name: string;
  description: string;
  kind: "service" | "subscription";
  avatar_url: string;
  verified: boolean;
  welcome_text: string;
  follower_count: number;
  role: "owner" | "developer";
  created_at: string;
}

export interface Member {
  user_id: ID;
  handle: string;
  display_name: string;
  role: "owner" | "developer";
  created_at: string;
}

export interface DevApp extends App {
  /** Last characters of the secret, so that people can tell two secrets apart. */
  secret_hint: string;
  /** Taken down by an administrator. */
  disabled: boolean;
  created_at: string;
}

export type VersionState =
  | "failed"
  | "ready"
  | "submitted"
  | "approved"
  | "rejected"
  | "released"
  | "retired";

export interface Diagnostic {
  severity: "error" | "warning" | string;
  code: string;
  message: string;
  file?: string;
  line?: number;
  column?: number;
}

export interface ApiUse {
  name: string;
  supported: boolean;
  file: string;
  line: number;
}

export interface Report {
  app_name: string;
  pages: string[] | null;
  scopes: string[] | null;
  domains: string[] | null;
  apis: ApiUse[] | null;
}

export interface Finding {
  rule: string;
  text: string;
  file?: string;
  line?: number;
}

export interface Submission {
  id: ID;
  version_id: ID;
  app_id: ID;
  state: "pending" | "withdrawn" | "approved" | "rejected";
  notes: string;
  scope_reasons: Record<string, string> | null;
  submitted_by: ID;
  submitted_at: string;
  decided_by: ID;
  decided_at: string | null;
  note: string;
}

export interface Version {
  id: ID;
  app_id: ID;
  version: string;
  state: VersionState;
  size: number;
  file_count: number;
  created_at: string;
  created_by: ID;
  notes: string;
  bundle_sha256: string;
  image_hash: string | null;
  diagnostics: Diagnostic[] | null;
  report: Report | null;
  findings: Finding[] | null;
  submission: Submission | null;
}

export interface SourceFile {
  path: string;
  size: number;
}

export interface SourceText extends SourceFile {
  /** null when the file is not text. */
  text: string | null;
  truncated: boolean;
}

export interface Capability {
  name: string;
  scope: string;
  doors: ("app_session" | "account_server")[] | null;
  summary: string;
  summary_zh: string;
  consent: boolean;
  per_minute: number;
}

export interface Template {
  id: ID;
  title: string;
  fields: { key: string; label: string }[];
  created_at: string;
}

export interface Webhook {
  url: string;
  /** Only in the answer to a change. */
  secret?: string;
  disabled_reason?: string;
}

export interface Attempt {
  number: number;
  url: string;
  status?: number;
  error?: string;
  duration_ms: number;
  response_start?: string;
  attempted_at: string;
}

export interface Delivery {
  id: ID;
  event_id: string;
  type: string;
  subject: string;
  state: "pending" | "delivered" | "failed";
  attempts: number;
  next_at: string | null;
  created_at: string;
  delivered_at: string | null;
  log: Attempt[] | null;
}

export type LogLevel = "log" | "info" | "warn" | "error";

export interface LogLine {
  id: number;
  time: string;
  level: LogLevel;
  kind: string;
  text: string;
  stack: string;
  api: string;
  page: string;
  file: string;
  line: number;
  column: number;
  session_id: string;
  version_id: string;
}

export interface ApiToken {
  id: ID;
  name: string;
  hint: string;
  created_at: string;
  expires_at: string;
  last_used_at: string | null;
}

export interface SubmissionSummary extends Submission {
  app: App;
  version: Version;
}

export interface SubmissionDetail extends Submission {
  app: App;
  version: Version;
  /** What people use now, to compare with; null for a first release. */
  released: Version | null;
  files: SourceFile[] | null;
}

export interface AuditEntry {
  id: ID;
  at: string;
  actor: string;
  action: string;
  target: string;
  detail: Record<string, unknown>;
  request_id: string;
  ip: string;
}

export interface LedgerCheck {
  name: string;
  law: string;
  rows: number;
  broken: number;
  first_wrong?: string;
}

export interface LedgerReport {
  ok: boolean;
  checked_at: string;
  duration_ms: number;
  checks: LedgerCheck[];
}
