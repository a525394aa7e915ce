// The types of the developer's and administrator's interfaces, by the names that screens use. They are
// made from the host's OpenAPI document: see shared/types.ts.

import type { Schemas } from "../../shared/types";

export type MemberAccount = Schemas["MemberAccount"];
export type Member = Schemas["Member"];
export type DevApp = Schemas["DevApp"];
export type Version = Schemas["Version"];
export type VersionState = Version["state"];
export type Diagnostic = Schemas["Diagnostic"];
export type ApiUse = Schemas["APIUse"];
export type Report = Schemas["Report"];
export type Finding = Schemas["Finding"];
export type SourceFile = Schemas["SourceFile"];
export type SourceText = Schemas["SourceText"];
export type Capability = Schemas["Description"];
export type Template = Schemas["Template"];
export type Webhook = Schemas["WebhookOutputBody"];
export type Attempt = Schemas["Attempt"];
export type Delivery = Schemas["Delivery"];
export type LogLine = Schemas["LogLine"];
export type LogLevel = LogLine["level"];
/** Somebody as administrators see them. */
export type Person = Schemas["Person"];
export type ApiToken = Schemas["APIToken"];
export type Submission = Schemas["Submission"];
export type SubmissionSummary = Schemas["SubmissionSummary"];
export type SubmissionDetail = Schemas["SubmissionDetail"];
export type FileChange = Schemas["FileChange"];
export type HostUse = Schemas["HostUse"];
export type Profile = Schemas["Profile"];
export type PersonRef = Schemas["PersonRef"];
export type ProfileChange = Schemas["ProfileChange"];
export type ProfileProposal = Schemas["ReviewedChange"];
export type AdminApp = Schemas["AdminApp"];
export type Quarantine = Schemas["Quarantine"];
/** A pause as the developer of the app sees it. */
export type Pause = Schemas["Pause"];
export type Invitation = Schemas["Invitation"];
export type Tester = Schemas["Tester"];
export type LedgerCheck = Schemas["Check"];
export type LedgerReport = Schemas["ChecksOutputBody"];

/** The document leaves open what an entry's detail holds: it depends on the action. */
export type AuditEntry = Omit<Schemas["NamedEntry"], "detail"> & {
  detail: Record<string, unknown>;
};

/** What a check found, as `teahouse check --json` writes it: the document leaves it open. */
export interface CheckReport {
  pages: {
    page: string;
    query?: string;
    ok: boolean;
    error?: { text: string; file?: string; line?: number };
  }[];
  passed: number;
  failed: number;
}
