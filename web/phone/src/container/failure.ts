// What an app is told when a call fails. Programs compare it with the vendor's words, so it is never a
// text for people, and the same in every language.

import { ApiError } from "../../../shared/api";

export class CallFailure extends Error {}

/** The user cancelled. */
export const cancelled = (): CallFailure => new CallFailure("cancel");

export function failureOf(error: unknown): string {
  if (error instanceof CallFailure) return error.message;
  if (error instanceof ApiError) return error.isNetwork ? "network error" : error.slug;
  if (error instanceof DOMException && error.name === "NotAllowedError") return "permission denied";
  return "system error";
}
